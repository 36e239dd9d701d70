import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Call, Calls, Fault, Faults } from './calls.ts'
import { type Clock, systemClock, wait } from './clock.ts'
import type { ReceivedRequest } from './received-request.ts'

export interface HttpResponse {
  status: number
  headers: Record<string, string>
  body: string | Buffer
}

export interface FarEnd {
  /** `http://127.0.0.1:…`, without a slash at its end. */
  origin: string
  close(): Promise<void>
}

/**
 * An HTTP/1.1 server on loopback for one of AWS's services. It reads the whole request, writes it into the
 * record of calls, asks `faults`, and sends the response of `carryOut`. If `carryOut` throws, the simulator
 * is broken: the connection is dropped, and the record has a violation. Rejects when the port is in use.
 */
export async function startFarEnd(options: {
  calls: Calls
  clock?: Clock | undefined
  port?: number | undefined
  faults?: Faults | undefined
  describe(request: ReceivedRequest): Pick<Call, 'to' | 'method' | 'args'>
  carryOut(request: ReceivedRequest, call: Call): Promise<HttpResponse>
}): Promise<FarEnd> {
  const { calls, clock = systemClock, faults, describe, carryOut } = options
  const closing = new AbortController()

  async function respond(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await receive(incoming).catch(() => undefined)
    // The client hung up before it had sent all of it.
    if (!request) return void response.destroy()
    let call: Call | undefined
    try {
      call = calls.begin(describe(request))
      const begun = call
      const answer = await withFault(faults?.(call), () => carryOut(request, begun))
      if (answer === 'cut') {
        calls.end(call, { status: 0 })
        response.destroy()
        return
      }
      const error = errorCode(answer)
      calls.end(call, { status: answer.status, ...(error === undefined ? {} : { error }) })
      send(response, answer)
    } catch (error) {
      calls.violation(`The simulator of ${call?.to} failed in ${call?.method}: ${stackOf(error)}`)
      if (call) calls.end(call, { status: 0, error: String(error) })
      response.destroy()
    }
  }

  async function withFault(
    fault: Fault | undefined,
    act: () => Promise<HttpResponse>,
  ): Promise<HttpResponse | 'cut'> {
    if (!fault) return act()
    if (fault.kind === 'late') {
      const answer = await act()
      await wait(fault.ms, clock, closing.signal)
      return answer
    }
    if (fault.carriedOut) await act()
    return fault.kind === 'cut'
      ? 'cut'
      : { status: fault.status, headers: fault.headers ?? {}, body: fault.body ?? '' }
  }

  const server = createServer((incoming, response) => void respond(incoming, response))
  keepConnections(server)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      closing.abort()
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}

/**
 * Never closes an idle connection from our side. Node would do so after 5 s, and a client that sends a
 * request at that moment would see a reset that no test asked for.
 */
export function keepConnections(server: { keepAliveTimeout: number }): void {
  server.keepAliveTimeout = 0
}

/** The arguments of a call over AWS JSON; empty if the body is not a JSON object. */
export function jsonArguments({ body }: ReceivedRequest): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(body.toString())
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {}
  } catch {
    return {}
  }
}

/** An error for a person who reads the record of violations. */
export function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

async function receive(incoming: IncomingMessage): Promise<ReceivedRequest> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk)
  return {
    method: incoming.method ?? '',
    url: incoming.url ?? '',
    headers: incoming.headers,
    body: Buffer.concat(chunks),
  }
}

/**
 * REST services name the error in a header. AWS JSON services name it in the body, some with a namespace
 * before it or an address after it.
 */
function errorCode({ status, headers, body }: HttpResponse): string | undefined {
  if (status < 400) return undefined
  const inBody = /"__type":\s*"([^"]*)"/.exec(body.toString())?.[1]
  const name =
    Object.entries(headers).find(([header]) => header.toLowerCase() === 'x-amzn-errortype')?.[1] ?? inBody
  return name?.split(':')[0]?.split('#').at(-1)
}

function send(response: ServerResponse, { status, headers, body }: HttpResponse): void {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body)
}
