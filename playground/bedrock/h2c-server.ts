import { createServer, type Http2Session, type ServerHttp2Stream } from 'node:http2'
import type { AddressInfo } from 'node:net'
import type { ReceivedRequest } from '../received-request.ts'

/** The response to one request. After `signal` has fired, nothing that is sent arrives. */
export interface ResponseStream {
  /** Fires when the client resets the stream, or when its connection ends before the response does. */
  readonly signal: AbortSignal
  send(answer: { status: number; headers: Record<string, string>; body: string }): void
  open(headers: Record<string, string>): void
  write(chunk: Uint8Array): void
  end(): void
  /** Ends only this stream, with RST_STREAM. */
  reset(): void
  /** Ends the whole connection, as if the network had failed. */
  cut(): void
}

/**
 * Serves HTTP/2 with prior knowledge over plain TCP, on 127.0.0.1. Both Bedrock clients of the SDK use it for
 * an `http:` endpoint, because NodeHttp2Handler is their default. A client that starts with HTTP/1.1 is
 * disconnected.
 */
export async function startH2cServer(
  port: number,
  take: (request: ReceivedRequest, reply: ResponseStream) => void,
) {
  const sessions = new Set<Http2Session>()
  const server = createServer()
  server.on('session', (session) => {
    sessions.add(session)
    session.on('close', () => sessions.delete(session))
    session.on('error', () => session.destroy())
  })
  server.on('stream', (stream, headers) => {
    const chunks: Buffer[] = []
    const reply = replyOn(stream)
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.on('end', () => {
      const { ':method': method = '', ':path': url = '' } = headers
      if (!reply.signal.aborted) take({ method, url, headers, body: Buffer.concat(chunks) }, reply)
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const session of sessions) session.destroy()
      await closed
    },
  }
}

function replyOn(stream: ServerHttp2Stream): ResponseStream {
  const gone = new AbortController()
  let ended = false
  stream.on('close', () => ended || gone.abort())
  // 'close' follows each 'error'.
  stream.on('error', () => undefined)
  const alive = () => !ended && !stream.destroyed
  return {
    signal: gone.signal,
    send({ status, headers, body }) {
      if (!alive()) return
      stream.respond({ ':status': status, ...headers })
      stream.end(body)
      ended = true
    },
    open: (headers) => void (alive() && stream.respond({ ':status': 200, ...headers })),
    write: (chunk) => void (alive() && stream.write(chunk)),
    end() {
      if (alive()) stream.end()
      ended = true
    },
    reset() {
      ended = true
      // stream.close(code) would send END_STREAM first, and the client would see a complete response.
      stream.destroy(new Error('reset'))
    },
    cut() {
      ended = true
      stream.session?.destroy()
    },
  }
}
