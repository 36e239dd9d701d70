import { bytesOf } from '../../markdown/bytes.ts'
import { type Cut, cutAtParagraph, cutLatest, cutWithin } from '../../markdown/cut.ts'
import { follow, INITIAL_STATE, type MarkdownState } from '../../markdown/follow.ts'
import { type Step, stepBytes } from './content.ts'
import type { Message } from './message.ts'

/** A stream holds about 10,600 UTF-8 bytes (measured), a markdown block 12,000 characters. */
export const SEGMENT_LIMIT_BYTES = 9_000

/** A stream lives for about five minutes (measured), however often we append to it. */
export const SEGMENT_LIMIT_MS = 240_000

/** From this share of a limit on, a message ends with the next paragraph. */
const FULL_ENOUGH = 0.75

/** If Slack finds even less too long, something else is wrong. */
export const LEAST_LIMIT_BYTES = 500

/** chat.appendStream is Tier 4, 100 calls a minute for the whole workspace. */
export const APPEND_GAP_MS = 600

/**
 * "only call chat.update once every 3 seconds with new content": https://docs.slack.dev/ai/developing-agents
 */
export const UPDATE_GAP_MS = 3_000

/** The place that the next text is written to. */
export interface WritePosition {
  /** Absent: a new message. */
  message: Message | undefined
  /** Written before the first text of a message: reopens what the cut before it has closed. */
  reopening: string
}

/** The state of the Markdown at the place that the next text is written to. */
export function stateAt({ message, reopening }: WritePosition): MarkdownState {
  return message && message.content.text !== '' ? message.content.markdown : follow(INITIAL_STATE, reopening)
}

/** Where the message must end before all of `text` is in it; undefined if all of it fits. */
export function cutFor(
  position: WritePosition,
  text: string,
  steps: readonly Step[],
  { limitBytes, now }: { limitBytes: number; now: number },
): Cut | undefined {
  const { message, reopening } = position
  const state = stateAt(position)
  const fresh = !message || message.content.text === ''
  const used = (message?.content.bytes ?? 0) + (fresh ? bytesOf(reopening) : 0) + stepBytes(steps)
  const bytes = used + bytesOf(text)
  if (bytes > limitBytes) return cutWithin(state, text, { used, limit: limitBytes, fresh })
  const age = ageMs(message, now)
  if (age > SEGMENT_LIMIT_MS) return cutLatest(state, text)
  const isFullEnough = bytes > limitBytes * FULL_ENOUGH || age > SEGMENT_LIMIT_MS * FULL_ENOUGH
  return isFullEnough ? cutAtParagraph(state, text) : undefined
}

export function isTooOld(message: Message | undefined, now: number): boolean {
  return ageMs(message, now) > SEGMENT_LIMIT_MS
}

/** Only a stream ages. */
function ageMs(message: Message | undefined, now: number): number {
  return message?.kind === 'stream' ? now - message.openedAt : 0
}
