import type { Clock } from '../clock.ts'
import { readReplies, type SlackMessage } from './replies.ts'
import type { Slack } from './web-api.ts'

/** Looking is worth this much: what is not found is written a second time. */
const LOOK_BUDGET_MS = 5_000

/** A look that fails is tried again, so often and so much later. */
const LOOKS = 4
const LOOK_AGAIN_MS = 300

/** Our clock and Slack's may differ by this much. */
const CLOCK_SKEW_MS = 5_000

/** A stream of another turn in the thread is noted right after Slack has answered its start; it is given time to be. */
const NOTED_AFTER_MS = 500

/** Our messages in a thread, newest first. Undefined where the thread could not be read. */
export async function ownReplies(
  { slack, clock }: { slack: Slack; clock: Clock },
  at: { channel: string; threadTs: string; ts: string },
): Promise<SlackMessage[] | undefined> {
  const { channel, threadTs, ts } = at
  for (let look = 1; look <= LOOKS; look++) {
    try {
      const messages = await readReplies(slack, { channel, threadTs, oldest: ts }, LOOK_BUDGET_MS)
      return messages.filter((message) => message.own && message.ts > ts).toReversed()
    } catch {
      if (look < LOOKS) await clock.sleep(LOOK_AGAIN_MS)
    }
  }
  return undefined
}

/**
 * The stream that a start of ours has left in the thread, where its answer was lost: the newest since `since` (in
 * milliseconds of the Unix epoch) that no other turn calls its own. A stream carries no mark, so `adopt` decides.
 */
export async function findStream(
  d: { slack: Slack; clock: Clock; adopt(ts: string): Promise<boolean> },
  at: { channel: string; threadTs: string; ts: string },
  since: number,
): Promise<string | undefined> {
  await d.clock.sleep(NOTED_AFTER_MS)
  const replies = (await ownReplies(d, at)) ?? []
  for (const { ts, streaming, mark } of replies) {
    const young = Number(ts) * 1000 >= since - CLOCK_SKEW_MS
    if (young && streaming && mark === undefined && (await d.adopt(ts))) return ts
  }
  return undefined
}
