import type { Clock } from '../../clock.ts'
import { type RetryLimits, retry } from '../../retry.ts'
import type { Slack } from './client.ts'
import { readReplies, type SlackMessage } from './replies.ts'

/** Timeout of one read. If we cannot read the thread we might post twice, so reads are retried. */
export const READ_TIMEOUT_MS = 4_000

/** How long to search for a stream whose startStream response was lost; the reply blocks on it. */
export const FIND_STREAM_BUDGET_MS = 15_000

/** Our clock and Slack's may differ by this much. */
export const CLOCK_SKEW_MS = 5_000

/** Gives a concurrent turn time to record its own stream before we adopt an unmarked one. */
export const RECORDING_MS = 500

interface Search {
  slack: Slack
  clock: Clock
  /** When to give up, in milliseconds of the Unix epoch. */
  until: number
}

/** Repeats a read as long as it fails, for whatever reason. Rejects with the last reason. */
export function retryRead<T>(limits: RetryLimits, read: () => Promise<T>): Promise<T> {
  return retry({ ...limits, afterError: () => 'back off' }, read)
}

/** Our messages in a thread after the question, newest first. Rejects if the thread cannot be read. */
export async function ownReplies(
  { slack, clock, until }: Search,
  { channel, threadTs, ts }: { channel: string; threadTs: string; ts: string },
): Promise<SlackMessage[]> {
  const replies = await retryRead({ clock, until }, () =>
    readReplies(slack, { channel, threadTs, oldest: ts }, READ_TIMEOUT_MS),
  )
  return replies.filter((message) => message.own && message.ts > ts).toReversed()
}

/**
 * Finds the stream that we have started, if the response to startStream was lost: the newest one since
 * `since` (in milliseconds of the Unix epoch) that belongs to no other turn. A stream has no mark, so
 * `adoptStream` decides. Rejects if the thread cannot be read.
 */
export async function findStream(
  { adoptStream, ...search }: Search & { adoptStream(ts: string): Promise<boolean> },
  question: { channel: string; threadTs: string; ts: string },
  since: number,
): Promise<string | undefined> {
  const { clock } = search
  await clock.sleep(RECORDING_MS)
  const until = Math.min(search.until, clock.now() + FIND_STREAM_BUDGET_MS)
  for (const { ts, streaming, mark } of await ownReplies({ ...search, until }, question)) {
    const isYoung = Number(ts) * 1000 >= since - CLOCK_SKEW_MS
    if (isYoung && streaming && mark === undefined && (await adoptStream(ts))) return ts
  }
  return undefined
}
