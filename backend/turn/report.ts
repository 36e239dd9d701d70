/** How a turn went; ids, counts and times only. */
export interface Report {
  outcome:
    | 'answered'
    | 'not_found'
    | 'guardrail'
    | 'stopped'
    | 'limited'
    | 'failed'
    | 'duplicate'
    | 'expired'
    | 'not_asker'
    | 'unreachable'
    /** Another process believed this one dead, and has apologized. */
    | 'taken_over'
    /** Something was thrown; Lambda's record of it reaches `apologize`. */
    | 'crashed'
  attempt?: number
  failure?: string
  cause?: string
  /** What the answer had to do without, and the name of what was thrown. */
  without?: string[]
  passages?: number
  cited?: number
  stopReason?: string
  inputTokens?: number
  outputTokens?: number
  cachedTokens?: number
  /** From the claim to the model's first words, and to the first that could be read. */
  firstTokenMs?: number
  firstTextMs?: number
}
