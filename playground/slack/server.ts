import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Call, Calls, Fault, Faults } from '../calls.ts'
import { type Clock, wait } from '../clock.ts'
import { keepConnections, stackOf } from '../far-end.ts'

/** A response to send. */
export interface SlackResponse {
  status: number
  headers?: Record<string, string>
  body?: string | Buffer
  /** Slack's error code, for the record of calls. */
  error?: string
}

/** One request, with its name in the record of calls and the function that carries it out. */
export interface SlackRequest {
  method: string
  args: Record<string, unknown>
  carryOut(): SlackResponse
}

export interface SlackServer {
  origin: string
  close(): Promise<void>
}

/**
 * Serves on 127.0.0.1. Records each request, asks `faults`, and carries the request out. If that throws, the
 * simulator is broken: the client gets a 500, and the record has a violation.
 */
export async function serve(options: {
  port: number
  calls: Calls
  clock: Clock
  faults: Faults | undefined
  read: (incoming: IncomingMessage, url: URL, body: Buffer) => Promise<SlackRequest>
}): Promise<SlackServer> {
  const { port, calls, clock, faults, read } = options
  const closing = new AbortController()

  async function respond(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readAll(incoming).catch(() => undefined)
    // The client hung up before it had sent all of it.
    if (!body) return void response.destroy()
    let call: Call | undefined
    try {
      const request = await read(incoming, new URL(incoming.url ?? '/', 'http://127.0.0.1'), body)
      call = calls.begin({ to: 'slack', method: request.method, args: request.args })
      const answer = await withFault(faults?.(call), request.carryOut)
      if (answer === 'cut') {
        calls.end(call, { status: 0 })
        incoming.socket.destroy()
      } else finish(call, response, answer)
    } catch (error) {
      calls.violation(`The simulator of slack failed in ${call?.method ?? incoming.url}: ${stackOf(error)}`)
      if (call) calls.end(call, { status: 500, error: String(error) })
      if (!response.headersSent) response.writeHead(500)
      response.end()
    }
  }

  async function withFault(
    fault: Fault | undefined,
    carryOut: () => SlackResponse,
  ): Promise<SlackResponse | 'cut'> {
    if (!fault) return carryOut()
    if (fault.kind === 'late') {
      const answer = carryOut()
      await wait(fault.ms, clock, closing.signal)
      return answer
    }
    if (fault.carriedOut) carryOut()
    if (fault.kind === 'cut') return 'cut'
    const error = errorIn(fault.body)
    return { ...fault, ...(error !== undefined && { error }) }
  }

  function finish(call: Call, response: ServerResponse, answer: SlackResponse) {
    response
      .writeHead(answer.status, { 'content-type': 'application/json; charset=utf-8', ...answer.headers })
      .end(answer.body ?? '')
    calls.end(call, { status: answer.status, ...(answer.error && { error: answer.error }) })
  }

  const server = createServer((incoming, response) => void respond(incoming, response))
  keepConnections(server)
  await listen(server, port)
  const { port: given } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${given}`,
    close: () =>
      new Promise((resolve) => {
        closing.abort()
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function listen(server: Server, port: number) {
  return new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
}

async function readAll(incoming: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of incoming) parts.push(part)
  return Buffer.concat(parts)
}

function errorIn(body: string | undefined): string | undefined {
  return /"error"\s*:\s*"([^"]+)"/.exec(body ?? '')?.[1]
}
