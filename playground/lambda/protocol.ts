/** What is said over Node's channel between an execution environment's process and the parent. */

export interface InvokeMessage {
  requestId: string
  functionArn: string
  /** The event as JSON. */
  payload: string
  /** When the time limit ends, in milliseconds of the Unix epoch. */
  deadline: number
}

export interface FunctionError {
  errorType: string
  errorMessage: string
  trace?: string[]
}

export type RuntimeMessage =
  | { kind: 'ready' }
  | { kind: 'answered'; response: string }
  | { kind: 'failed'; error: FunctionError }
  /** The process ends itself after this. */
  | { kind: 'crashed'; error: FunctionError }

/** The line that ends what one invocation has printed, on both streams, before its answer is said. */
export const endOfLog = (requestId: string) => `\0${requestId}`
