import type { ThreadReader } from '../turn/gather.ts'
import type { Slack } from './api/client.ts'
import type { TurnMark } from './api/metadata.ts'
import { readReplies } from './api/replies.ts'
import { questionIn } from './command-thread.ts'

/** The thread is worth some waiting, not more: without it we still answer the question. */
export const THREAD_BUDGET_MS = 3_000

/** Reads the thread up to the question, oldest first. Throws RateLimited, TimedOut or Slack's error. */
export function createReadThread(slack: Slack): ThreadReader['read'] {
  return async ({ channel, threadTs, ts }) => {
    const messages = await readReplies(slack, { channel, threadTs, latest: ts }, THREAD_BUDGET_MS)
    const finished = new Set(
      messages.flatMap(({ mark }) =>
        mark?.state === 'ended' || mark?.state === 'failed' ? [attemptKey(mark)] : [],
      ),
    )
    return messages.map(({ ts, own, byApp, userId, text, streaming, mark }) => {
      // We posted the root of a command, but it is a person's question.
      if (mark?.state === 'root' && mark.userId !== undefined)
        return { ts, from: 'person', userId: mark.userId, mrkdwn: questionIn(text), streaming: false }
      const isUnfinished = mark?.state === 'closed' && !finished.has(attemptKey(mark))
      return {
        ts,
        from: own ? 'assistant' : byApp ? 'app' : 'person',
        userId,
        mrkdwn: text,
        streaming: streaming || isUnfinished,
      }
    })
  }
}

function attemptKey({ turnId, attempt }: TurnMark): string {
  return `${turnId}|${attempt}`
}
