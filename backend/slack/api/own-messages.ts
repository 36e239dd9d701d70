import type { Clock } from '../../clock.ts'
import { type RetryLimits, retry } from '../../retry.ts'
import type { Slack } from './client.ts'
import { readReplies, type SlackMessage } from './replies.ts'

/** Timeout of one read. If we cannot read the thread we might post twice, so reads are retried. */
const READ_TIMEOUT_MS = 5_000

/** How long is looked for a stream whose start had no answer: the reply waits meanwhile. */
const STREAM_BUDGET_MS = 15_000

/** Our clock and Slack's may differ by this much. */
const CLOCK_SKEW_MS = 5_000

/** A stream of another turn in the thread is noted right after Slack has answered its start; it is given time to be. */
const NOTED_AFTER_MS = 500

interface Looking {
  slack: Slack
  clock: Clock
  /** When to give up, in milliseconds of the Unix epoch. */
  until: number
}

/** Repeats a read that fails, whatever the reason. Rejects with the reason of the last one. */
export function retryRead<T>(limits: RetryLimits, read: () => Promise<T>): Promise<T> {
  return retry({ ...limits, afterError: () => 'back off' }, read)
}

/** Our messages in a thread after the question, newest first. Throws as `retryRead`. */
export async function ownReplies(
  { slack, clock, until }: Looking,
  { channel, threadTs, ts }: { channel: string; threadTs: string; ts: string },
): Promise<SlackMessage[]> {
  const replies = await retryRead({ clock, until }, () =>
    readReplies(slack, { channel, threadTs, oldest: ts }, READ_TIMEOUT_MS),
  )
  return replies.filter((message) => message.own && message.ts > ts).toReversed()
}

/**
 * The stream that a start of ours has left in the thread, where its answer was lost: the newest since `since` (in
 * milliseconds of the Unix epoch) that no other turn calls its own. A stream carries no mark, so `adopt` decides. Throws
 * where the thread cannot be read.
 */
export async function findStream(
  d: Looking & { adopt(ts: string): Promise<boolean> },
  at: { channel: string; threadTs: string; ts: string },
  since: number,
): Promise<string | undefined> {
  await d.clock.sleep(NOTED_AFTER_MS)
  const until = Math.min(d.until, d.clock.now() + STREAM_BUDGET_MS)
  for (const { ts, streaming, mark } of await ownReplies({ ...d, until }, at)) {
    const young = Number(ts) * 1000 >= since - CLOCK_SKEW_MS
    if (young && streaming && mark === undefined && (await d.adopt(ts))) return ts
  }
  return undefined
}
