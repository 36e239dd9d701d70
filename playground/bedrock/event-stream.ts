import { EventStreamCodec, type MessageHeaders } from '@smithy/eventstream-codec'
import type { ResponseStream } from './h2c-server.ts'

/**
 * The exceptions that can arrive inside a ConverseStream, after HTTP 200. Source: the output union of the
 * service model.
 */
export type StreamException =
  | 'internalServerException'
  | 'modelStreamErrorException'
  | 'serviceUnavailableException'
  | 'throttlingException'
  | 'validationException'

const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes).toString('utf8'),
  (text) => Buffer.from(text, 'utf8'),
)

function frame(headers: Record<string, string>, payload: unknown): Uint8Array {
  const typed = Object.entries({ ...headers, ':content-type': 'application/json' }).map(([name, value]) => [
    name,
    { type: 'string', value },
  ])
  // JSON.stringify writes a lone surrogate as an escape, so that half a character reaches the client intact.
  return codec.encode({
    headers: Object.fromEntries(typed) as MessageHeaders,
    body: Buffer.from(JSON.stringify(payload), 'utf8'),
  })
}

/** Writes binary event-stream frames (application/vnd.amazon.eventstream) to a client. */
export const framesTo = (reply: ResponseStream) => ({
  event: (type: string, payload: unknown) =>
    reply.write(frame({ ':message-type': 'event', ':event-type': type }, payload)),
  exception: (type: StreamException, payload: unknown) =>
    reply.write(frame({ ':message-type': 'exception', ':exception-type': type }, payload)),
})

export type Frames = ReturnType<typeof framesTo>
