import type { Claim, QuestionPlace, TurnState } from '../turn-record.ts'

/** The invocation that a claim belongs to. */
export interface ClaimOwner {
  requestId: string
  /** When Lambda ends it, in milliseconds of the Unix epoch. */
  endsAt: number
}

/** Result of "Try again". `not_failed`: this attempt did not fail, or another attempt has begun since. */
export type RetryClaim =
  | { outcome: 'claimed'; claim: Claim; place: QuestionPlace }
  | { outcome: 'expired' | 'not_asker' | 'not_failed' }

/** The right to answer a turn. Each method throws what DynamoDB throws. */
export interface Claims {
  /** Undefined if another process has or had the turn. A command has no place yet: `setPlace` adds it. */
  claim(turnId: string, place: QuestionPlace | undefined, owner: ClaimOwner): Promise<Claim | undefined>
  /** Claims the next attempt at a turn whose attempt number `attempt` has failed. */
  claimAgain(
    pressed: { turnId: string; attempt: number; channel: string; userId: string },
    owner: ClaimOwner,
  ): Promise<RetryClaim>
  setPlace(claim: Claim, place: QuestionPlace): Promise<void>
  /**
   * Reads if Stop was pressed since the claim, and if the claim still holds. Answers the probe of
   * `apologize`, so that it knows this process is alive.
   */
  poll(claim: Claim, place: QuestionPlace | undefined): Promise<{ stopped: boolean; holds: boolean }>
  /** False if another process has taken the turn over. */
  finish(claim: Claim, state: Exclude<TurnState, 'claimed'>, passages: readonly string[]): Promise<boolean>
}
