import { type TurnMark, toMetadata } from '../api/metadata.ts'
import type { WriteResult } from '../api/write-result.ts'
import { footerBlocks, messageBlocks } from './blocks.ts'
import type { Content } from './content.ts'
import type { Closing } from './message.ts'
import type { ReplyContext } from './reply-context.ts'

/** chat.update refuses more than 4,000 bytes of text (measured); the blocks hold all of it. */
const FALLBACK_BYTES = 3_900

/** Which message of the reply it is, and its final state if this is the last time that we set it. */
export interface MessageState {
  part: number
  closing: Closing | undefined
}

/** The arguments of chat.postMessage and chat.update for a whole message. */
export function messageArguments(
  context: ReplyContext,
  content: Pick<Content, 'text' | 'steps'>,
  state: MessageState,
) {
  const { to } = context
  return {
    channel: to.channel,
    // For notifications, and for clients that cannot draw the blocks.
    text: fallback(content),
    blocks: messageBlocks(content, state.closing?.footer ? footerBlocks(state.closing.footer, to) : []),
    metadata: metadataFor(context, state),
  }
}

/** The mark of a message in its metadata, as api/metadata.ts describes it. */
export function metadataFor({ to }: ReplyContext, { part, closing }: MessageState) {
  return toMetadata({ turnId: to.turnId, attempt: to.attempt, part, state: markState(closing) })
}

function markState(closing: Closing | undefined): TurnMark['state'] {
  if (!closing) return 'open'
  if (!closing.footer) return 'closed'
  return closing.footer.offer === 'retry' ? 'failed' : 'ended'
}

/** Sets a message to its whole content. Idempotent. https://docs.slack.dev/reference/methods/chat.update */
export async function updateMessage(
  context: ReplyContext,
  ts: string,
  content: Content,
  state: MessageState,
): Promise<WriteResult<string>> {
  const updated = await withStepsOrWithout(context, content, (shown) =>
    context.slack.mutate((client) => client.chat.update({ ts, ...messageArguments(context, shown, state) })),
  )
  return updated.outcome === 'done' ? { outcome: 'done', value: ts } : updated
}

/** A workspace that takes no steps in streams may take no task cards either. */
export async function withStepsOrWithout<T>(
  { unsupported }: ReplyContext,
  { text, steps }: Pick<Content, 'text' | 'steps'>,
  write: (shown: Pick<Content, 'text' | 'steps'>) => Promise<WriteResult<T>>,
): Promise<WriteResult<T>> {
  if (steps.length === 0 || unsupported.has('cards')) return write({ text, steps: [] })
  const result = await write({ text, steps })
  if (result.outcome !== 'refused' || !result.code.startsWith('invalid_blocks')) return result
  const stepless = await write({ text, steps: [] })
  if (stepless.outcome === 'done') unsupported.add('cards')
  return stepless
}

function fallback({ text, steps }: Pick<Content, 'text' | 'steps'>): string {
  if (text.trim() === '') return steps.at(-1)?.title ?? ' '
  let cut = text.slice(0, FALLBACK_BYTES)
  while (Buffer.byteLength(cut) > FALLBACK_BYTES)
    cut = cut.slice(0, -Math.ceil((Buffer.byteLength(cut) - FALLBACK_BYTES) / 4))
  return cut.toWellFormed()
}
