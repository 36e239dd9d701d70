import type { Clock } from '../clock.ts'
import type { Place } from '../turn-record.ts'
import { unwrap, toError, type Slack } from './api/client.ts'
import { isThreadGone, isNotStreaming, slackError } from './api/error-codes.ts'
import { toMetadata } from './api/metadata.ts'
import { ownReplies } from './api/own-messages.ts'
import type { SlackMessage } from './api/replies.ts'
import { retryWrite } from './api/retry.ts'
import { retryButton } from './reply/blocks.ts'

/** Of the function's 30 s, less the probe's 2.5 and a write: to look, which the queue has repeated, and to leave the session active. */
const LOOK_BUDGET_MS = 4_000
const ACTIVE_BUDGET_MS = 5_000

/** An apology is no part of a reply; it is marked by this. */
const APOLOGY_PART = -1

interface Lost {
  turnId: string
  attempt: number
  place: Place
}

/** What a lost process, or an earlier call for it, has left in the thread. */
export interface Left {
  /** `gone`: there is no thread any more. */
  ended?: 'answered' | 'failed' | 'apologized' | 'gone'
  /** Streams of the turn that may be open still, the newest first. */
  streams: string[]
}

/** Writing into a thread on behalf of a process that is gone. Whatever is not done throws, and is done again later. */
export function createApology(
  slack: Slack,
  clock: Clock,
  adopt: (turnId: string, channel: string, ts: string) => Promise<boolean>,
) {
  return {
    async inspect({ turnId, attempt, place, replyTs }: Lost & { replyTs?: string }): Promise<Left> {
      let replies: SlackMessage[]
      try {
        replies = await ownReplies({ slack, clock, until: clock.now() + LOOK_BUDGET_MS }, place)
      } catch (error) {
        if (isThreadGone(slackError(error) ?? '')) return { ended: 'gone', streams: [] }
        throw error
      }
      const last = replies.find(
        ({ mark }) =>
          mark?.turnId === turnId &&
          mark.attempt === attempt &&
          (mark.state === 'ended' || mark.state === 'failed'),
      )
      const ended =
        last?.mark &&
        (last.mark.part === APOLOGY_PART
          ? 'apologized'
          : last.mark.state === 'failed'
            ? 'failed'
            : 'answered')
      if (ended) return { ended, streams: [] }
      const streams: string[] = []
      for (const { ts, streaming, mark } of replies) {
        // Killed between the start of a stream and the note of it, it has one that nobody calls its own.
        if (streaming && mark === undefined && (ts === replyTs || (await adopt(turnId, place.channel, ts))))
          streams.push(ts)
      }
      // Whether Slack says that a message streams, when a thread is read, is not documented.
      return { streams: streams.length === 0 && replyTs !== undefined ? [replyTs] : streams }
    },

    async apologize(
      {
        turnId,
        attempt,
        buttonAttempt,
        place,
        streams,
      }: Lost & { buttonAttempt: number; streams: readonly string[] },
      sorry: string,
    ): Promise<'told' | 'gone'> {
      const { channel, threadTs } = place
      const metadata = toMetadata({ turnId, attempt, part: APOLOGY_PART, state: 'failed' })
      const button = retryButton({ turnId, attempt: buttonAttempt })
      const [newest, ...older] = streams
      for (const ts of older) await slack.mutate((client) => client.chat.stopStream({ channel, ts }))
      if (newest !== undefined) {
        const chunks = [{ type: 'markdown_text' as const, text: `\n\n_${sorry}_` }]
        const stopped = await slack.mutate((client) =>
          client.chat.stopStream({ channel, ts: newest, chunks, metadata, blocks: [button] }),
        )
        if (stopped.outcome === 'done') return 'told'
        if (stopped.outcome !== 'refused') throw toError(stopped)
        // It is full, or takes no blocks: it is ended as it is.
        if (!isNotStreaming(stopped.code))
          await slack.mutate((client) => client.chat.stopStream({ channel, ts: newest }))
      }
      // Never an update of what stands there: it would replace text that nobody has any more.
      const posted = await slack.createMessage((client) =>
        client.chat.postMessage({
          channel,
          thread_ts: threadTs,
          text: sorry,
          blocks: [{ type: 'markdown', text: sorry }, button],
          metadata,
          unfurl_links: false,
          unfurl_media: false,
        }),
      )
      if (posted.outcome === 'refused' && isThreadGone(posted.code)) return 'gone'
      unwrap(posted)
      return 'told'
    },

    /** The session of the thread, which the lost process may have left at work. */
    async setActive({ channel, threadTs }: Place): Promise<void> {
      const set = await retryWrite({ clock, until: clock.now() + ACTIVE_BUDGET_MS }, () =>
        slack.mutate((client) =>
          client.agents.sessions.setStatus({ channel_id: channel, thread_ts: threadTs, status: 'active' }),
        ),
      )
      if (set.outcome === 'wait' || set.outcome === 'unknown') throw toError(set)
    },
  }
}
