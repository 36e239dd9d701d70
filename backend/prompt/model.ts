import type { Prompt } from './prompt.ts'

/** Asks the model and yields its answer while it is written. Throws a Failure. */
export type Converse = (prompt: Prompt, signal: AbortSignal) => AsyncIterable<Delta>

/** A piece of the answer, or its end. The model's reasoning is not among them. */
export type Delta = { kind: 'text'; text: string } | ({ kind: 'end' } & StopInfo)

/** The reason why the model stopped, and the cost of the answer. */
export interface StopInfo {
  /** Converse's `stopReason`. */
  stopReason: string
  inputTokens: number
  outputTokens: number
  /** Tokens read from the cache. `inputTokens` does not include them. */
  cachedTokens: number
  /** Roughly the part of `outputTokens` that the model spent on thinking. Absent if it showed no thought. */
  thinkingTokens?: number
  guardrail?: Intervention
}

/** The text that the guardrail blocked, and the kinds of rules. Never the words that matched. */
export interface Intervention {
  on: 'question' | 'answer'
  rules: string[]
}
