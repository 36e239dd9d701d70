import type { ConverseRequest } from '../converse-request.ts'

export type StopReason =
  | 'end_turn'
  | 'max_tokens'
  | 'stop_sequence'
  | 'content_filtered'
  | 'model_context_window_exceeded'
  | 'guardrail_intervened'
  | 'tool_use'
  | 'malformed_model_output'
  | 'malformed_tool_use'
  /** One that Bedrock may add. */
  | (string & Record<never, never>)

/**
 * The next output of a model. A piece of text or reasoning is one token; `signature` ends a block of
 * reasoning; `pauseMs` is silence.
 */
export type Piece =
  | { text: string }
  | { reasoning: string }
  | { signature: string }
  | { pauseMs: number }
  | { stopReason: StopReason }

/**
 * Answers the requests that the service accepts. The server sets the pace. Without a `stopReason` the answer
 * ends with `end_turn`.
 */
export interface Model {
  /** Called once per request. When the client has gone, the server stops reading and `signal` fires. */
  answer(request: ConverseRequest, signal: AbortSignal): AsyncIterable<Piece>
}
