import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Call, Calls, Faults } from '../calls.ts'
import type { Clock } from '../clock.ts'

/** What is sent back. */
export interface SlackResponse {
  status: number
  headers?: Record<string, string>
  body?: string | Buffer
  /** Slack's error code, for the record. */
  error?: string
}

/** One request that has been read: what it is in the record of calls, and what it does. */
export interface SlackRequest {
  method: string
  args: Record<string, unknown>
  carryOut(): SlackResponse
}

export interface SlackServer {
  origin: string
  close(): Promise<void>
}

/** Serves on 127.0.0.1. Each request is recorded, may be hit by a fault, and is then carried out. */
export async function serve(options: {
  port: number
  calls: Calls
  clock: Clock
  faults: Faults | undefined
  read: (incoming: IncomingMessage, url: URL, body: Buffer) => Promise<SlackRequest>
}): Promise<SlackServer> {
  const { port, calls, clock, faults, read } = options
  const late = new Set<() => void>()

  async function respond(incoming: IncomingMessage, response: ServerResponse) {
    const url = new URL(incoming.url ?? '/', 'http://127.0.0.1')
    const request = await read(incoming, url, await readAll(incoming))
    const call = calls.begin({ to: 'slack', method: request.method, args: request.args })
    const fault = faults?.(call)
    if (!fault) return finish(call, response, request.carryOut())
    if (fault.kind === 'late') {
      const reply = request.carryOut()
      await new Promise<void>((resolve) => {
        const cancel = clock.after(fault.ms, () => {
          late.delete(cancel)
          resolve()
        })
        late.add(cancel)
      })
      return finish(call, response, reply)
    }
    if (fault.carriedOut) request.carryOut()
    if (fault.kind === 'answer') {
      const error = errorIn(fault.body)
      return finish(call, response, { ...fault, ...(error !== undefined && { error }) })
    }
    incoming.socket.destroy()
    calls.end(call, { status: 0 })
  }

  function finish(call: Call, response: ServerResponse, reply: SlackResponse) {
    response
      .writeHead(reply.status, { 'content-type': 'application/json; charset=utf-8', ...reply.headers })
      .end(reply.body ?? '')
    calls.end(call, { status: reply.status, ...(reply.error && { error: reply.error }) })
  }

  const server = createServer((incoming, response) => {
    respond(incoming, response).catch((error: unknown) => {
      calls.violation(`The simulated Slack failed: ${error instanceof Error ? error.stack : String(error)}`)
      response.writeHead(500).end()
    })
  })
  await listen(server, port)
  const { port: given } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${given}`,
    close: () =>
      new Promise((resolve) => {
        for (const cancel of late) cancel()
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
