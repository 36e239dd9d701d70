import type { Command, Retry, Turn } from '../handoff.ts'
import type { Claim, Place } from '../turn-record.ts'

/** What is to be answered, however it was asked. */
export interface Question extends Place {
  turnId: string
  /** From 1; "Try again" makes another. */
  attempt: number
  teamId: string
  /** As Slack sent it, mrkdwn. Undefined on another attempt: then it is read from the thread. */
  text: string | undefined
  /** When the edge had it, in milliseconds of the Unix epoch. */
  receivedAt: number
}

export function toQuestion(
  { turnId, attempt }: Claim,
  place: Place,
  asked: Turn | Command | Retry,
): Question {
  const { teamId, receivedAt } = asked
  return {
    ...place,
    turnId,
    attempt,
    teamId,
    receivedAt,
    text: asked.kind === 'retry' ? undefined : asked.text,
  }
}

/** Where a turn's question stands, as its handoff says it. */
export function placeOf({ channel, threadTs, ts, userId, userTeamId, botUserId }: Turn): Place {
  return { channel, threadTs, ts, userId, userTeamId, botUserId }
}
