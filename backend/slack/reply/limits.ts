import type { Clock } from '../../clock.ts'
import { bytesOf } from '../../markdown/bytes.ts'
import { type Cut, cutAtParagraph, cutLatest, cutWithin } from '../../markdown/cut.ts'
import { follow, INITIAL_STATE, type MarkdownState } from '../../markdown/follow.ts'
import { type Step, stepBytes } from './content.ts'
import type { Message } from './message.ts'

/** One message of a reply: a stream holds about 10,600 UTF-8 bytes (measured), a markdown block 12,000 characters. */
export const SEGMENT_LIMIT_BYTES = 9_000

/** A stream lives for about five minutes (measured), however often it is appended to. */
export const SEGMENT_LIMIT_MS = 240_000

/** From here on a message ends with the next paragraph. */
const FULL_ENOUGH = 0.75

/** Where Slack finds even less too long, something else is wrong. */
const LEAST_LIMIT_BYTES = 500

/** chat.appendStream is Tier 4, 100 a minute for the whole workspace. */
export const APPEND_GAP_MS = 600

/** "only call chat.update once every 3 seconds with new content": https://docs.slack.dev/ai/developing-agents */
export const UPDATE_GAP_MS = 3_000

/** How much one message of a reply may hold, and how long it may live. */
export interface MessageLimits {
  /** Where the message must end before all of `text` is in it; undefined where all of it may. */
  cutFor(at: WritePosition, text: string, steps: readonly Step[]): Cut | undefined
  isTooOld(message: Message | undefined): boolean
  /** Slack takes less than we know of. Throws where it takes next to nothing. */
  halve(): void
}

/** Where text is about to be written. */
export interface WritePosition {
  /** Absent: it is going to be a new one. */
  message: Message | undefined
  /** Stands before the text of a message that has none yet: opens again what was cut in the one before. */
  reopening: string
}

/** The state of the Markdown where text is about to be written. */
export function stateAt({ message, reopening }: WritePosition): MarkdownState {
  return message && message.content.text !== '' ? message.content.state : follow(INITIAL_STATE, reopening)
}

export function createLimits(clock: Clock): MessageLimits {
  let limit = SEGMENT_LIMIT_BYTES
  const ageMs = (message: Message | undefined) =>
    message?.since === undefined ? 0 : clock.now() - message.since

  return {
    cutFor(at, text, steps) {
      const { message, reopening } = at
      const state = stateAt(at)
      const fresh = !message || message.content.text === ''
      const used = (message?.content.bytes() ?? 0) + (fresh ? bytesOf(reopening) : 0) + stepBytes(steps)
      const bytes = used + bytesOf(text)
      if (bytes > limit) return cutWithin(state, text, { used, limit, fresh })
      if (ageMs(message) > SEGMENT_LIMIT_MS) return cutLatest(state, text)
      const fullEnough = bytes > limit * FULL_ENOUGH || ageMs(message) > SEGMENT_LIMIT_MS * FULL_ENOUGH
      return fullEnough ? cutAtParagraph(state, text) : undefined
    },
    isTooOld: (message) => ageMs(message) > SEGMENT_LIMIT_MS,
    halve() {
      limit /= 2
      if (limit < LEAST_LIMIT_BYTES) throw new Error('Slack takes no text, however short')
    },
  }
}
