import type { QuestionPlace, TurnRecord, TurnState } from '../turn-record.ts'
import { type Item, S } from './table.ts'

/**
 * The record of a turn, under `turn#` and its id:
 *
 * | attribute    | content                                                                                   |
 * | ------------ | ----------------------------------------------------------------------------------------- |
 * | `state`      | `claimed`, then `answered`, `stopped` or `failed`; a failed one may be claimed again       |
 * | `attempt`    | from 1                                                                                    |
 * | `claimToken` | drawn anew for each claim: only who holds it may write                                    |
 * | `requestId`  | of the invocation that claimed it, and so of the record that Lambda leaves if it fails     |
 * | `claimedAt`, `leaseUntil` | ms of the epoch; after the second the claim may be taken again               |
 * | `channel`, `threadTs`, `ts`, `userId`, `userTeamId`, `botUserId` | the question's place                  |
 * | `replyTs`    | the stream that was opened last                                                           |
 * | `probe`, `heard` | whoever wants to apologize asks whether the claim's owner lives, and it answers      |
 * | `sorry`      | the attempt that was given up, and which record of Lambda's is told of                    |
 * | `told`       | present once the person has read how the turn ended                                       |
 * | `passages`   | ids of those that the model was shown                                                     |
 */
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
    state: item.state?.S as TurnState,
    attempt: Number(item.attempt?.N ?? 1),
    ...(place && { place }),
    ...(item.replyTs?.S && { replyTs: item.replyTs.S }),
    passages: (item.passages?.L ?? []).flatMap(({ S: id }) => id ?? []),
  }
}
