import type { Footer } from '../../turn/replies.ts'
import { type TurnMark, toMetadata } from '../api/metadata.ts'
import type { WriteResult } from '../api/write-result.ts'
import { footerBlocks, messageBlocks } from './blocks.ts'
import type { Content } from './content.ts'
import type { ReplyContext } from './message.ts'

/** chat.update refuses more than 4,000 bytes of text (measured); the blocks hold all of it. */
const FALLBACK_BYTES = 3_900

interface How {
  /** Counts the messages of a reply, from 0. */
  part: number
  state: TurnMark['state']
  ending?: Footer | undefined
}

/** What chat.postMessage and chat.update take for a whole message. */
export function wholeMessage(
  { to }: ReplyContext,
  content: Pick<Content, 'text' | 'steps'>,
  { part, state, ending }: How,
) {
  return {
    channel: to.channel,
    // What notifications show, and what stands in where a client cannot draw the blocks.
    text: fallback(content),
    blocks: messageBlocks(content, ending ? footerBlocks(ending, to) : []),
    metadata: toMetadata({ turnId: to.turnId, attempt: to.attempt, part, state }),
  }
}

/** Sets a message to its whole content. May be repeated: the outcome is the same. https://docs.slack.dev/reference/methods/chat.update */
export async function setMessage(
  desk: ReplyContext,
  ts: string,
  content: Content,
  how: How,
): Promise<WriteResult<unknown>> {
  return withStepsOrWithout(desk, content, (shown) =>
    desk.slack.mutate((client) => client.chat.update({ ts, ...wholeMessage(desk, shown, how) })),
  )
}

/** A workspace that knows no steps in streams may know no task cards either. */
export async function withStepsOrWithout<T>(
  { unsupported }: ReplyContext,
  { text, steps }: Pick<Content, 'text' | 'steps'>,
  write: (shown: Pick<Content, 'text' | 'steps'>) => Promise<WriteResult<T>>,
): Promise<WriteResult<T>> {
  if (steps.length === 0 || unsupported.has('cards')) return write({ text, steps: [] })
  const attempt = await write({ text, steps })
  if (attempt.outcome !== 'refused' || !attempt.code.startsWith('invalid_blocks')) return attempt
  const without = await write({ text, steps: [] })
  if (without.outcome === 'done') unsupported.add('cards')
  return without
}

function fallback({ text, steps }: Pick<Content, 'text' | 'steps'>): string {
  if (text.trim() === '') return steps.at(-1)?.title ?? ' '
  let cut = text.slice(0, FALLBACK_BYTES)
  while (Buffer.byteLength(cut) > FALLBACK_BYTES)
    cut = cut.slice(0, -Math.ceil((Buffer.byteLength(cut) - FALLBACK_BYTES) / 4))
  return cut.toWellFormed()
}
