/** The place of a question, and its asker. Ids only. */
export interface QuestionPlace {
  channel: string
  /** The thread to answer in. */
  threadTs: string
  /** The message with the question. */
  ts: string
  userId: string
  userTeamId: string
  /** Our user id, as people mention it. Unknown for a command, in which nobody can mention us. */
  botUserId?: string
}

/** The right to answer a turn. */
export interface Claim {
  turnId: string
  /** Random, new for each claim. Only the process that holds it may write to the turn's record. */
  token: string
  /** From 1; "Try again" begins another. */
  attempt: number
  /** Milliseconds of the Unix epoch. */
  claimedAt: number
}

export type TurnState = 'claimed' | 'answered' | 'stopped' | 'failed'

/** A turn as the table keeps it. */
export interface TurnRecord {
  turnId: string
  state: TurnState
  attempt: number
  /** Absent for a command whose thread was never opened. */
  place?: QuestionPlace
  /** The stream that was opened last. */
  replyTs?: string
  /** The attempt whose thread an apology has been written to, or may have been. */
  spokenAttempt?: number
  /** Ids of the passages that the model was shown. */
  passages: readonly string[]
}
