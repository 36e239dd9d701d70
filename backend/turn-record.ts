/** Where a question stands and who asked it: ids only. */
export interface Place {
  channel: string
  /** The thread to answer in. */
  threadTs: string
  /** The message with the question. */
  ts: string
  userId: string
  userTeamId: string
  /** Ours, as it is mentioned; unknown where nobody could mention it. */
  botUserId?: string
}

/** The right to answer a turn. */
export interface Claim {
  turnId: string
  /** Drawn anew for each claim: only who holds it may write. */
  token: string
  /** From 1; "Try again" begins another. */
  attempt: number
  /** Milliseconds of the Unix epoch. */
  claimedAt: number
}

export type TurnState = 'claimed' | 'answered' | 'stopped' | 'failed'

/** What is kept of a turn. */
export interface TurnRecord {
  turnId: string
  state: TurnState
  attempt: number
  /** Absent for a command whose thread was never opened. */
  place?: Place
  /** The stream that was opened last. */
  replyTs?: string
  /** Ids of the passages that the model was shown. */
  passages: readonly string[]
}
