import type { Command, Retry, Turn } from '../handoff.ts'
import type { Claim, QuestionPlace } from '../turn-record.ts'

/** A question to answer, whichever way it was asked. */
export interface Question extends QuestionPlace {
  turnId: string
  /** From 1; "Try again" makes another. */
  attempt: number
  teamId: string
  /** The mrkdwn that Slack sent. Undefined after "Try again": then the text is read from the thread. */
  text: string | undefined
  /** When the edge received it, in milliseconds of the Unix epoch. */
  receivedAt: number
}

export function toQuestion(
  { turnId, attempt }: Claim,
  place: QuestionPlace,
  handoff: Turn | Command | Retry,
): Question {
  const { teamId, receivedAt } = handoff
  const text = handoff.kind === 'retry' ? undefined : handoff.text
  return { ...place, turnId, attempt, teamId, receivedAt, text }
}

export function placeOfTurn({ channel, threadTs, ts, userId, userTeamId, botUserId }: Turn): QuestionPlace {
  return { channel, threadTs, ts, userId, userTeamId, botUserId }
}
