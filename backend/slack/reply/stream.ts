import type { AnyChunk } from '@slack/types'
import { retry } from '../../retry.ts'
import type { Footer } from '../../turn/replies.ts'
import { isNotStreaming } from '../api/error-codes.ts'
import { findStream } from '../api/own-messages.ts'
import { createOnce, retryWrite } from '../api/retry.ts'
import type { WriteResult } from '../api/write-result.ts'
import { footerBlocks } from './blocks.ts'
import type { Step } from './content.ts'
import type { CloseResult, Stream } from './message.ts'
import type { ReplyContext } from './reply-context.ts'
import { metadataFor, updateMessage } from './set-message.ts'

/** Tries of a start while Slack does not say whether it has started. After them the reply is posted. */
const STARTS = 2

/** Tries of a stop that Slack does not answer. After them we update the message as if it had stopped. */
const STOPS = 3

interface Chunks {
  text: string
  steps: readonly Step[]
}

/**
 * Starts a stream in the thread. If Slack's response is lost, looks whether the stream is there.
 * https://docs.slack.dev/reference/methods/chat.startStream
 */
export async function startStream(
  context: ReplyContext,
  chunks: Chunks,
): Promise<WriteResult<{ ts: string; openedAt: number }>> {
  const { slack, clock, to, until } = context
  const firstStartAt = clock.now()
  let openedAt = firstStartAt
  const start = () => {
    openedAt = clock.now()
    return slack.createMessage((client) =>
      client.chat.startStream({
        channel: to.channel,
        thread_ts: to.threadTs,
        recipient_user_id: to.userId,
        recipient_team_id: to.userTeamId,
        chunks: toChunks(chunks),
      }),
    )
  }
  const find = () => findStream(context, to, firstStartAt)
  try {
    const started = await createOnce({ clock, until, tries: STARTS }, start, find)
    if (started.outcome !== 'done') return started
    void context.recordStream(started.value)
    return { outcome: 'done', value: { ts: started.value, openedAt } }
  } catch (error) {
    // Don't retry: that could leave two streams. If this one exists, Slack ends it in five minutes.
    return { outcome: 'unknown', error }
  }
}

/** https://docs.slack.dev/reference/methods/chat.appendStream */
export function appendToStream(
  { slack, to }: ReplyContext,
  { ts }: Stream,
  chunks: Chunks,
): Promise<WriteResult<unknown>> {
  return slack.mutate((client) =>
    client.chat.appendStream({ channel: to.channel, ts, chunks: toChunks(chunks) }),
  )
}

/**
 * Stops the stream. If Slack may lack some of the text, the footer or the mark afterwards, updates the
 * message with its whole content. https://docs.slack.dev/reference/methods/chat.stopStream
 */
export async function closeStream(
  context: ReplyContext,
  { ts, part, content, unconfirmed }: Stream,
  footer: Footer | undefined,
  until: number,
): Promise<CloseResult> {
  const { slack, clock, to } = context
  const state = { part, closing: { footer } }
  const final = {
    metadata: metadataFor(context, state),
    ...(footer && { blocks: footerBlocks(footer, to) }),
  }
  let isWhole = unconfirmed === ''

  const stop = (more: Partial<typeof final>) =>
    retryWrite({ clock, until, tries: STOPS }, async () => {
      const stopped = await slack.mutate((client) =>
        client.chat.stopStream({ channel: to.channel, ts, ...more }),
      )
      if (stopped.outcome === 'unknown') isWhole = false
      if (stopped.outcome === 'refused') context.refusals.note('chat.stopStream', stopped.code)
      return stopped
    })

  /** `locked`: Slack still counts the stream as open and refuses an update. */
  async function tryToClose(): Promise<{
    outcome: CloseResult['outcome'] | 'locked'
    sessionActive: boolean
  }> {
    let stopped = await stop(final)
    if (stopped.outcome === 'wait') return { outcome: 'stuck', sessionActive: false }
    if (stopped.outcome !== 'done') isWhole &&= footer === undefined
    // Slack takes no more blocks, or refuses a stop in Slack Connect. The text stays.
    if (stopped.outcome === 'refused' && !isNotStreaming(stopped.code)) stopped = await stop({})
    const sessionActive = stopped.outcome === 'done'
    if (isWhole) return { outcome: 'done', sessionActive }
    const updated = await retryWrite({ clock, until }, () => updateMessage(context, ts, content, state))
    if (updated.outcome === 'done') return { outcome: 'done', sessionActive }
    if (updated.outcome !== 'refused') return { outcome: 'unclear', sessionActive }
    return { outcome: updated.code === 'streaming_state_conflict' ? 'locked' : 'refused', sessionActive }
  }

  const { outcome, sessionActive } = await retry(
    { clock, until, afterValue: (result) => (result.outcome === 'locked' ? 'back off' : 'stop') },
    tryToClose,
  )
  return {
    outcome: outcome === 'locked' ? 'stuck' : outcome,
    sessionActive,
    missing: outcome === 'done' ? '' : unconfirmed,
  }
}

function toChunks({ text, steps }: Chunks): AnyChunk[] {
  return [
    ...steps.map((step) => ({ type: 'task_update' as const, ...step })),
    ...(text === '' ? [] : [{ type: 'markdown_text' as const, text }]),
  ]
}
