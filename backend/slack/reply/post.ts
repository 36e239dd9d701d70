import type { Footer } from '../../turn/replies.ts'
import { ownReplies } from '../api/own-messages.ts'
import { postInThread } from '../api/post-in-thread.ts'
import { createOnce, retryWrite } from '../api/retry.ts'
import type { WriteResult } from '../api/write-result.ts'
import type { Content } from './content.ts'
import type { CloseResult, Closing, Post } from './message.ts'
import type { ReplyContext } from './reply-context.ts'
import { inSimplerForms, updateMessage } from './set-message.ts'

/** Tries of a post while Slack does not say whether it has posted: half a minute of pauses. */
export const POSTS = 8

/**
 * Posts a message, or updates it with its whole content: steps, text and footer. If Slack's response to the
 * post is lost, looks for the message by its metadata. Gives its ts.
 * https://docs.slack.dev/reference/methods/chat.postMessage
 */
export function setPost(
  context: ReplyContext,
  { ts, part }: Post,
  content: Content,
  closing: Closing | undefined,
): Promise<WriteResult<string>> {
  if (ts !== undefined) return updateMessage(context, ts, content, { part, closing })
  const { slack, clock, to, until } = context
  const post = () =>
    inSimplerForms(context, 'chat.postMessage', content, { part, closing }, (form) =>
      postInThread(slack, {
        thread_ts: to.threadTs,
        ...form,
        unfurl_links: false,
        unfurl_media: false,
      }),
    )
  return createOnce({ clock, until, tries: POSTS }, post, async () => {
    const replies = await ownReplies(context, to)
    const posted = replies.find(
      ({ mark }) => mark?.turnId === to.turnId && mark.attempt === to.attempt && mark.part === part,
    )
    return posted?.ts
  })
}

/** Sets the message to its whole content in its final state, unless Slack has it so already. */
export async function closePost(
  context: ReplyContext,
  { ts, part, content, unconfirmed, closing }: Post,
  footer: Footer | undefined,
  until: number,
): Promise<CloseResult> {
  const isClosed = closing !== undefined && (footer === undefined || closing.footer !== undefined)
  if (ts === undefined || isClosed) return { outcome: 'done', sessionActive: false, missing: unconfirmed }
  const { outcome } = await retryWrite({ clock: context.clock, until }, () =>
    updateMessage(context, ts, content, { part, closing: { footer } }),
  )
  return {
    outcome: outcome === 'done' || outcome === 'refused' ? outcome : 'unclear',
    sessionActive: false,
    missing: outcome === 'done' ? '' : unconfirmed,
  }
}
