import type { Clock } from '../clock.ts'
import { TimedOut, within } from '../deadline.ts'
import type { AbandonedThread, ThreadState } from '../turn/apologize.ts'
import type { QuestionPlace } from '../turn-record.ts'
import type { Slack } from './api/client.ts'
import { isNotStreaming, isThreadGone, slackError } from './api/error-codes.ts'
import { toMetadata } from './api/metadata.ts'
import { ownReplies } from './api/own-messages.ts'
import { postInThread } from './api/post-in-thread.ts'
import type { SlackMessage } from './api/replies.ts'
import { retryWrite } from './api/retry.ts'
import { toError, unwrap } from './api/write-result.ts'
import { retryButton } from './reply/blocks.ts'

/**
 * The function has 30 s, and the probe takes 2.5 s of them; test/backend/budgets.test.ts adds everything up.
 * If a step takes too long, the queue delivers the record again.
 */
export const INSPECT_BUDGET_MS = 4_000
/** One call to Slack may time out in it. */
export const APOLOGIZE_BUDGET_MS = 8_000
export const SET_ACTIVE_BUDGET_MS = 4_000

/** Marks an apology, which is no part of the reply. */
const APOLOGY_PART = -1

/**
 * Writes into a thread on behalf of a process that was killed. Every method throws if it cannot finish, and
 * may be called again. `adopt` makes a stream this turn's own; it resolves to false if the stream is another
 * turn's.
 */
export function createAbandonedThread(
  slack: Slack,
  clock: Clock,
  adopt: (turnId: string, channel: string, ts: string) => Promise<boolean>,
): AbandonedThread {
  return {
    inspect: (turn) => within(INSPECT_BUDGET_MS, inspect(turn)),
    apologize: (to, sentence) => within(APOLOGIZE_BUDGET_MS, apologize(to, sentence)),
    setActive: (place) => within(SET_ACTIVE_BUDGET_MS, setActive(place)),
  }

  async function inspect({
    turnId,
    attempt,
    place,
    replyTs,
  }: Parameters<AbandonedThread['inspect']>[0]): Promise<ThreadState> {
    let replies: SlackMessage[]
    try {
      replies = await ownReplies({ slack, clock, until: clock.now() + INSPECT_BUDGET_MS }, place)
    } catch (error) {
      if (isThreadGone(slackError(error) ?? '')) return { ended: 'gone', streams: [] }
      throw error
    }
    const ended = endOf(replies, turnId, attempt)
    if (ended) return { ended, streams: [] }
    const streams: string[] = []
    for (const { ts, streaming, mark } of replies) {
      // A process that was killed before it could record its stream leaves one that belongs to no turn.
      if (streaming && mark === undefined && (ts === replyTs || (await adopt(turnId, place.channel, ts))))
        streams.push(ts)
    }
    // Slack does not document that conversations.replies shows whether a message is streaming.
    return { streams: streams.length === 0 && replyTs !== undefined ? [replyTs] : streams }
  }

  async function apologize(
    { turnId, attempt, buttonAttempt, place, streams }: Parameters<AbandonedThread['apologize']>[0],
    sentence: string,
  ): Promise<'told' | 'gone'> {
    const { channel, threadTs } = place
    const until = clock.now() + APOLOGIZE_BUDGET_MS
    const metadata = toMetadata({ turnId, attempt, part: APOLOGY_PART, state: 'failed' })
    const button = retryButton({ turnId, attempt: buttonAttempt })
    const [newest, ...older] = streams
    for (const ts of older) await slack.mutate((client) => client.chat.stopStream({ channel, ts }))
    if (newest !== undefined) {
      const chunks = [{ type: 'markdown_text' as const, text: `\n\n_${sentence}_` }]
      const stopped = await slack.mutate((client) =>
        client.chat.stopStream({ channel, ts: newest, chunks, metadata, blocks: [button] }),
      )
      if (stopped.outcome === 'done') return 'told'
      if (stopped.outcome !== 'refused') throw toError(stopped)
      // The stream is full, or it takes no blocks: stop it without them.
      if (!isNotStreaming(stopped.code))
        await slack.mutate((client) => client.chat.stopStream({ channel, ts: newest }))
    }
    // The caller has given up by now, and another call may be posting the apology.
    if (clock.now() >= until) throw new TimedOut('The apology could not be posted in time.')
    // Do not update the old message instead: that would replace text of which there is no copy.
    const posted = await postInThread(slack, {
      channel,
      thread_ts: threadTs,
      text: sentence,
      blocks: [{ type: 'markdown', text: sentence }, button],
      metadata,
      unfurl_links: false,
      unfurl_media: false,
    })
    if (posted.outcome === 'refused' && isThreadGone(posted.code)) return 'gone'
    unwrap(posted)
    return 'told'
  }

  /** Sets the thread's agent session to active: the killed process may have left it processing. */
  async function setActive({ channel, threadTs }: QuestionPlace): Promise<void> {
    const set = await retryWrite({ clock, until: clock.now() + SET_ACTIVE_BUDGET_MS }, () =>
      slack.mutate((client) =>
        client.agents.sessions.setStatus({ channel_id: channel, thread_ts: threadTs, status: 'active' }),
      ),
    )
    if (set.outcome === 'wait' || set.outcome === 'unknown') throw toError(set)
  }
}

/** How an attempt has ended, by the mark of its last message; undefined if it has none. */
function endOf(replies: readonly SlackMessage[], turnId: string, attempt: number): ThreadState['ended'] {
  const last = replies.find(
    ({ mark }) =>
      mark?.turnId === turnId &&
      mark.attempt === attempt &&
      (mark.state === 'ended' || mark.state === 'failed'),
  )
  if (!last?.mark) return undefined
  if (last.mark.part === APOLOGY_PART) return 'apologized'
  return last.mark.state === 'failed' ? 'failed' : 'answered'
}
