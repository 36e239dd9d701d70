import type { Clock } from '../../clock.ts'
import type { Slack } from './client.ts'
import { readReplies, type SlackMessage } from './replies.ts'

/** One look. What is not found is written a second time, so a look that fails is tried again. */
const LOOK_BUDGET_MS = 5_000
const LOOK_AGAIN_MS = 300
const LOOK_AGAIN_MOST_MS = 5_000

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

/** A look, and others until one succeeds or time is up. Throws what the last one threw. */
export async function lookUntil<T>(
  { clock, until }: { clock: Clock; until: number },
  look: () => Promise<T>,
): Promise<T> {
  for (let againMs = LOOK_AGAIN_MS; ; againMs = Math.min(2 * againMs, LOOK_AGAIN_MOST_MS)) {
    try {
      return await look()
    } catch (error) {
      if (clock.now() + againMs >= until) throw error
      await clock.sleep(againMs)
    }
  }
}

/** Our messages in a thread after the question, newest first. Throws as `lookUntil`. */
export async function ownReplies(
  { slack, clock, until }: Looking,
  { channel, threadTs, ts }: { channel: string; threadTs: string; ts: string },
): Promise<SlackMessage[]> {
  const replies = await lookUntil({ clock, until }, () =>
    readReplies(slack, { channel, threadTs, oldest: ts }, LOOK_BUDGET_MS),
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
