import { TimedOut } from '../../deadline.ts'
import type { Footer } from '../../turn/replies.ts'
import { retryWrite } from '../api/retry.ts'
import { toError } from '../api/write-result.ts'
import { addContent, EMPTY_CONTENT } from './content.ts'
import { type CloseResult, type Message, newPost, type Post } from './message.ts'
import { closePost, setPost } from './post.ts'
import type { ReplyContext } from './reply-context.ts'
import type { ReplyState } from './reply-state.ts'
import { closeStream } from './stream.ts'

/** Puts a message into its final state. With a footer it is the last one of the reply. */
export function closeMessage(
  context: ReplyContext,
  message: Message,
  footer: Footer | undefined,
  until: number,
): Promise<CloseResult> {
  return message.kind === 'stream'
    ? closeStream(context, message, footer, until)
    : closePost(context, message, footer, until)
}

/** Posts text that a closed message lacks, in a message of its own. Throws if Slack does not post it. */
export async function postMissing(
  context: ReplyContext,
  part: number,
  text: string,
  footer: Footer | undefined,
): Promise<Post> {
  const { clock, until } = context
  const content = addContent(EMPTY_CONTENT, text, [])
  const closing = { footer }
  const posted = await retryWrite({ clock, until, tries: 1 }, () =>
    setPost(context, newPost(part), content, closing),
  )
  if (posted.outcome === 'wait') throw new TimedOut('the end of the reply could not be posted')
  if (posted.outcome !== 'done') throw toError(posted)
  return { ...newPost(part), ts: posted.value, content, closing }
}

/**
 * Closes all messages that are not closed yet, the last of the reply with its footer. Resolves to true if
 * that has left the agent session active. Throws if the reply may lack some of its text, or if people would
 * see it being written for ever.
 */
export async function closeAll(
  context: ReplyContext,
  { message, previous, unclosed, parts }: ReplyState,
  footer: Footer,
): Promise<boolean> {
  let nextPart = parts
  const close = async (one: Message, below: Footer | undefined): Promise<boolean> => {
    const { outcome, sessionActive, missing } = await closeMessage(context, one, below, context.until)
    if (outcome === 'stuck') throw new TimedOut('Slack does not let the reply be ended')
    if (missing === '') return sessionActive
    if (outcome === 'unclear') throw new TimedOut('Slack does not say whether all of the reply is there')
    await postMissing(context, nextPart++, missing, below)
    return false
  }

  // If nothing came after a message was closed, it is the last one.
  const last = message ?? previous
  for (const one of unclosed) if (one.part !== last?.part) await close(one, undefined)
  return last ? close(last, footer) : false
}
