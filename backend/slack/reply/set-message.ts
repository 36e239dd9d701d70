import type { Attempt } from '../api/client.ts'
import { type TurnMark, toMetadata } from '../api/metadata.ts'
import { type Ending, endingBlocks, wholeBlocks } from './blocks.ts'
import type { Content } from './content.ts'
import type { Desk } from './message.ts'

/** chat.update refuses more than 4,000 bytes of text (measured); the blocks hold all of it. */
const FALLBACK_BYTES = 3_900

interface How {
  /** Counts the messages of a reply, from 0. */
  part: number
  state: TurnMark['state']
  ending?: Ending | undefined
}

/** What chat.postMessage and chat.update take for a whole message. */
export function wholeMessage(
  { to }: Desk,
  content: Pick<Content, 'text' | 'steps'>,
  { part, state, ending }: How,
) {
  return {
    channel: to.channel,
    // What notifications show, and what stands in where a client cannot draw the blocks.
    text: fallback(content),
    blocks: wholeBlocks(content, ending ? endingBlocks(ending, to) : []),
    metadata: toMetadata({ turnId: to.turnId, attempt: to.attempt, part, state }),
  }
}

/** Sets a message to its whole content. May be repeated: the outcome is the same. https://docs.slack.dev/reference/methods/chat.update */
export async function setMessage(
  desk: Desk,
  ts: string,
  content: Content,
  how: How,
): Promise<Attempt<unknown>> {
  return withStepsOrWithout(desk, content, (shown) =>
    desk.slack.write((client) => client.chat.update({ ts, ...wholeMessage(desk, shown, how) })),
  )
}

/** A workspace that knows no steps in streams may know no task cards either. */
export async function withStepsOrWithout<T>(
  { refusals }: Desk,
  { text, steps }: Pick<Content, 'text' | 'steps'>,
  write: (shown: Pick<Content, 'text' | 'steps'>) => Promise<Attempt<T>>,
): Promise<Attempt<T>> {
  if (steps.length === 0 || refusals.has('cards')) return write({ text, steps: [] })
  const attempt = await write({ text, steps })
  if (attempt.is !== 'refused' || !attempt.code.startsWith('invalid_blocks')) return attempt
  const without = await write({ text, steps: [] })
  if (without.is === 'done') refusals.note('cards')
  return without
}

function fallback({ text, steps }: Pick<Content, 'text' | 'steps'>): string {
  if (text.trim() === '') return steps.at(-1)?.title ?? ' '
  let cut = text.slice(0, FALLBACK_BYTES)
  while (Buffer.byteLength(cut) > FALLBACK_BYTES)
    cut = cut.slice(0, -Math.ceil((Buffer.byteLength(cut) - FALLBACK_BYTES) / 4))
  return cut.toWellFormed()
}
