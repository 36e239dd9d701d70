import type { QuestionPlace, TurnRecord, TurnState } from '../turn-record.ts'
import { type Item, S } from './table.ts'

/**
 * The record of a turn, under `turn#` and its id. No attribute has a name that DynamoDB reserves.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ReservedWords.html
 *
 * | attribute | content |
 * | --- | --- |
 * | `turnState` | `claimed`, then `answered`, `stopped` or `failed`; a failed turn may be claimed again |
 * | `attempt` | from 1 |
 * | `claimToken` | random, new for each claim; only the process that holds it may write |
 * | `requestId` | of the invocation that claimed the turn, and of the record that Lambda leaves if it fails |
 * | `claimedAt`, `leaseUntil` | ms of the epoch; after `leaseUntil` the turn may be claimed again |
 * | `channel`, `threadTs`, `ts`, `userId`, `userTeamId`, `botUserId` | the question's place |
 * | `replyTs` | the stream that was opened last |
 * | `probeId`, `probeAnswer` | `apologize` writes an id to ask if the claim's owner is alive; the owner copies it |
 * | `apologyId` | the attempt that was given up, and which of Lambda's records is apologized for |
 * | `outcomeTold` | present once the person has read how the turn ended |
 * | `passages` | ids of the passages that the model was shown |
 */

/** Ninety days, so that a thumb or "Try again" still finds the turn long after the answer. */
export const TURN_TTL_SECONDS = 90 * 24 * 3600

export function turnKey(turnId: string): string {
  return `turn#${turnId}`
}

export function placeAttributes({
  channel,
  threadTs,
  ts,
  userId,
  userTeamId,
  botUserId,
}: QuestionPlace): Item {
  return {
    channel: S(channel),
    threadTs: S(threadTs),
    ts: S(ts),
    userId: S(userId),
    userTeamId: S(userTeamId),
    ...(botUserId !== undefined && { botUserId: S(botUserId) }),
  }
}

/** The assignments of an update that sets the place, and their values. */
export function placeUpdate(place: QuestionPlace): { assignments: string; values: Item } {
  const item = Object.entries(placeAttributes(place))
  return {
    assignments: item.map(([name]) => `${name} = :${name}`).join(', '),
    values: Object.fromEntries(item.map(([name, value]) => [`:${name}`, value])),
  }
}

export function placeFromItem({
  channel,
  threadTs,
  ts,
  userId,
  userTeamId,
  botUserId,
}: Item): QuestionPlace | undefined {
  if (!channel?.S || !threadTs?.S || !ts?.S || !userId?.S || !userTeamId?.S) return undefined
  return {
    channel: channel.S,
    threadTs: threadTs.S,
    ts: ts.S,
    userId: userId.S,
    userTeamId: userTeamId.S,
    ...(botUserId?.S && { botUserId: botUserId.S }),
  }
}

export function recordFromItem(turnId: string, item: Item): TurnRecord {
  const place = placeFromItem(item)
  return {
    turnId,
    state: item.turnState?.S as TurnState,
    attempt: Number(item.attempt?.N ?? 1),
    ...(place && { place }),
    ...(item.spokenAttempt?.N && { spokenAttempt: Number(item.spokenAttempt.N) }),
    ...(item.replyTs?.S && { replyTs: item.replyTs.S }),
    passages: (item.passages?.L ?? []).flatMap(({ S: id }) => id ?? []),
  }
}
