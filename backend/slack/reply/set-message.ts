import { escapeMrkdwn } from '../../prompt/mrkdwn.ts'
import { type TurnMark, toMetadata } from '../api/metadata.ts'
import type { WriteResult } from '../api/write-result.ts'
import { footerBlocks, messageBlocks } from './blocks.ts'
import type { Content } from './content.ts'
import { type Form, firstForm, simplerForm } from './forms.ts'
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

type Arguments = ReturnType<typeof messageArguments>

/** Sets a message to its whole content. Idempotent. https://docs.slack.dev/reference/methods/chat.update */
export async function updateMessage(
  context: ReplyContext,
  ts: string,
  content: Content,
  state: MessageState,
): Promise<WriteResult<string>> {
  const updated = await inSimplerForms(context, 'chat.update', content, state, (form) =>
    // An update without blocks would leave the old ones.
    context.slack.mutate((client) => client.chat.update({ ts, blocks: [], ...form })),
  )
  return updated.outcome === 'done' ? { outcome: 'done', value: ts } : updated
}

/**
 * Writes a message. If Slack refuses its content, writes it again in a simpler form (forms.ts). A reply whose
 * blocks were refused stays plain.
 */
export async function inSimplerForms<T>(
  context: ReplyContext,
  method: 'chat.postMessage' | 'chat.update',
  content: Pick<Content, 'text' | 'steps'>,
  state: MessageState,
  write: (form: MessageForm) => Promise<WriteResult<T>>,
): Promise<WriteResult<T>> {
  const { unsupported, refusals } = context
  let form = firstForm(content, { least: refusals.least, noCards: unsupported.has('cards') })
  let refused: Form | undefined
  for (;;) {
    const result = await write(argumentsFor(context, form, content, state))
    if (result.outcome === 'done') {
      // Only now is it proven what the write before was refused for.
      if (form === 'stepless' && refused === 'whole') unsupported.add('cards')
      if (form === 'plain' || form === 'unmarked') refusals.least = form
    }
    if (result.outcome !== 'refused') return result
    refusals.note(method, result.code)
    const simpler = simplerForm(form, result.code, content, state.closing)
    if (simpler === undefined) return result
    refused = form
    form = simpler
  }
}

type MessageForm = Pick<Arguments, 'channel' | 'text'> & Partial<Arguments>

function argumentsFor(
  context: ReplyContext,
  form: Form,
  { text, steps }: Pick<Content, 'text' | 'steps'>,
  state: MessageState,
): MessageForm {
  const { channel } = context.to
  // Slack would read our Markdown as mrkdwn, in which other signs mention people.
  if (form === 'unmarked') return { channel, text: escapeMrkdwn(text) }
  if (form === 'plain') return { channel, text: escapeMrkdwn(text), metadata: metadataFor(context, state) }
  const full = messageArguments(context, { text, steps: form === 'whole' ? steps : [] }, state)
  return form === 'bare' ? { ...full, blocks: messageBlocks({ text, steps: [] }, []) } : full
}

function fallback({ text, steps }: Pick<Content, 'text' | 'steps'>): string {
  if (text.trim() === '') return steps.at(-1)?.title ?? ' '
  let cut = text.slice(0, FALLBACK_BYTES)
  while (Buffer.byteLength(cut) > FALLBACK_BYTES)
    cut = cut.slice(0, -Math.ceil((Buffer.byteLength(cut) - FALLBACK_BYTES) / 4))
  return cut.toWellFormed()
}
