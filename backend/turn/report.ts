/** How a turn went. It holds only ids, counts and times. */
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
    /** Another process believed this one dead and took the turn over. */
    | 'taken_over'
    /** The invocation threw; Lambda's record of it reaches `apologize`. */
    | 'crashed'
  attempt?: number
  failure?: string
  cause?: string
  /** Sources that the answer does without, each with the name of the error. */
  without?: string[]
  /** Writes of the reply that Slack refused, each with its method and Slack's code. */
  refused?: readonly string[]
  passages?: number
  cited?: number
  stopReason?: string
  inputTokens?: number
  outputTokens?: number
  cachedTokens?: number
  thinkingTokens?: number
  /** From the claim to the model's first token, and to the first text that people could read. */
  firstTokenMs?: number
  firstTextMs?: number
}
