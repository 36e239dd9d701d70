import type { ThreadMessage } from '../prompt/history.ts'
import type { Slack } from './api/client.ts'
import type { TurnMark } from './api/metadata.ts'
import { readReplies } from './api/replies.ts'
import { questionIn } from './command-thread.ts'

/** The thread is worth waiting for, but not for ever: without it the question is still answered. */
export const THREAD_BUDGET_MS = 3_000

export type ReadThread = (at: { channel: string; threadTs: string; ts: string }) => Promise<ThreadMessage[]>

/** Reads the thread up to the question, oldest first. Throws what Slack says, RateLimited or TimedOut. */
export function createReadThread(slack: Slack): ReadThread {
  return async ({ channel, threadTs, ts }) => {
    const messages = await readReplies(slack, { channel, threadTs, latest: ts }, THREAD_BUDGET_MS)
    const finished = new Set(
      messages.flatMap(({ mark }) =>
        mark?.state === 'ended' || mark?.state === 'failed' ? [attemptOf(mark)] : [],
      ),
    )
    return messages.map(({ ts, own, byApp, userId, text, streaming, mark }) => {
      // Ours, but somebody's question.
      if (mark?.state === 'root' && mark.userId !== undefined)
        return { ts, from: 'person', userId: mark.userId, mrkdwn: questionIn(text), streaming: false }
      const half = mark?.state === 'closed' && !finished.has(attemptOf(mark))
      return {
        ts,
        from: own ? 'assistant' : byApp ? 'app' : 'person',
        userId,
        mrkdwn: text,
        streaming: streaming || half,
      }
    })
  }
}

function attemptOf({ turnId, attempt }: TurnMark): string {
  return `${turnId}|${attempt}`
}
