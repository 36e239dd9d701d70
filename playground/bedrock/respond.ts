import { randomUUID } from 'node:crypto'
import type { CallResult } from './answer-stream.ts'
import type { ResponseStream } from './h2c-server.ts'
import { errorAnswer, type Refusal } from './refusal.ts'

/** Sends a whole response. */
export function send(answer: Parameters<ResponseStream['send']>[0], reply: ResponseStream): CallResult {
  reply.send({ ...answer, headers: { 'x-amzn-requestid': randomUUID(), ...answer.headers } })
  return { status: reply.signal.aborted ? 0 : answer.status }
}

/** Sends an error answer of the service. */
export const refuse = (refused: Refusal, reply: ResponseStream): CallResult => ({
  ...send(errorAnswer(refused), reply),
  error: refused.name,
})

/** Sends the answer that a test chose. */
export function sendFault(
  { status, headers = {}, body = '' }: { status: number; headers?: Record<string, string>; body?: string },
  reply: ResponseStream,
): CallResult {
  const error = headers['x-amzn-errortype']?.split(':')[0]
  return { ...send({ status, headers, body }, reply), ...(error !== undefined && { error }) }
}
