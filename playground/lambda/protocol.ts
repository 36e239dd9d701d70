/** Messages between an execution environment's process and its parent, over Node's IPC channel. */

export interface InvokeMessage {
  requestId: string
  functionArn: string
  /** The event as JSON. */
  payload: string
  /** The end of the time limit, in milliseconds of the Unix epoch. */
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
  /** The process exits after this message. */
  | { kind: 'crashed'; error: FunctionError }

/**
 * The line that ends the output of one invocation on both streams. The process prints it before it sends its
 * answer.
 */
export const endOfLog = (requestId: string) => `\0${requestId}`
