import type { ConverseRequest } from '../converse-request.ts'

export type StopReason =
  | 'end_turn'
  | 'max_tokens'
  | 'stop_sequence'
  | 'content_filtered'
  | 'model_context_window_exceeded'
  | 'guardrail_intervened'

/** What a model says next. A piece of text or reasoning is one token; `signature` ends a block of reasoning; `pauseMs` is silence. */
export type Piece =
  | { text: string }
  | { reasoning: string }
  | { signature: string }
  | { pauseMs: number }
  | { stopReason: StopReason }

/** What answers a request that the service has let pass. The pace is the server's; without a `stopReason` it ends with `end_turn`. */
export interface Model {
  /** Asked once a request. The server stops reading when the client has gone; `signal` fires then too. */
  answer(request: ConverseRequest, signal: AbortSignal): AsyncIterable<Piece>
}
