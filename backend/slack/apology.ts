import type { Clock } from '../clock.ts'
import type { Place } from '../turn-record.ts'
import { retryButton } from './blocks.ts'
import { ownReplies } from './find.ts'
import { toMetadata } from './metadata.ts'
import { patiently } from './patience.ts'
import { isNotStreaming } from './streamed.ts'
import { doneOf, type Slack } from './web-api.ts'

/** Inside the function's 30 s, after the probe's 3. */
const APOLOGY_BUDGET_MS = 20_000

/** An apology is no part of a reply; it is marked by this. */
const APOLOGY_PART = -1

interface Lost {
  turnId: string
  attempt: number
  place: Place
}

/** Writing into a thread on behalf of a process that is gone. Whatever is not done throws, and is done again later. */
export function createApology(slack: Slack, clock: Clock, adopt: (turnId: string, channel: string, ts: string) => Promise<boolean>) {
  return {
    async look({
      turnId,
      attempt,
      place,
      replyTs,
    }: Lost & { replyTs?: string }): Promise<{ ended?: 'answered' | 'failed' | 'apologized'; streamTs?: string }> {
      const replies = await ownReplies({ slack, clock }, place)
      if (!replies) throw new Error('the thread could not be read')
      const last = replies.find(
        ({ mark }) => mark?.turnId === turnId && mark.attempt === attempt && (mark.state === 'ended' || mark.state === 'failed'),
      )
      if (last?.mark)
        return { ended: last.mark.part === APOLOGY_PART ? 'apologized' : last.mark.state === 'failed' ? 'failed' : 'answered' }
      if (replyTs !== undefined) return { streamTs: replyTs }
      // Killed between the start of its stream and the note of it.
      for (const { ts, streaming, mark } of replies) {
        if (streaming && mark === undefined && (await adopt(turnId, place.channel, ts))) return { streamTs: ts }
      }
      return {}
    },

    async apologize(
      { turnId, attempt, pressable, place, streamTs }: Lost & { pressable: number; streamTs?: string },
      sorry: string,
    ): Promise<void> {
      const { channel, threadTs } = place
      const metadata = toMetadata({ turnId, attempt, part: APOLOGY_PART, state: 'failed' })
      const button = retryButton({ turnId, attempt: pressable })
      if (streamTs !== undefined) {
        const chunks = [{ type: 'markdown_text' as const, text: `\n\n_${sorry}_` }]
        const stopped = await slack.write((client) => client.chat.stopStream({ channel, ts: streamTs, chunks, metadata, blocks: [button] }))
        if (stopped.is === 'done') return
        if (stopped.is !== 'refused' || !isNotStreaming(stopped.code)) doneOf(stopped)
      }
      // Never an update of what stands there: it would replace text that nobody has any more.
      doneOf(
        await slack.write((client) =>
          client.chat.postMessage({
            channel,
            thread_ts: threadTs,
            text: sorry,
            blocks: [{ type: 'markdown', text: sorry }, button],
            metadata,
            unfurl_links: false,
            unfurl_media: false,
          }),
        ),
      )
      const until = clock.now() + APOLOGY_BUDGET_MS
      await patiently({ clock, until }, () =>
        slack.write((client) => client.agents.sessions.setStatus({ channel_id: channel, thread_ts: threadTs, status: 'active' })),
      )
    },
  }
}
