import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import type { Call, Calls, Fault, Faults } from './calls.ts'
import type { ReceivedRequest } from './sigv4.ts'

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
 * An HTTP/1.1 server on loopback for one of AWS's services: it reads a request whole, writes it into the record of calls,
 * asks for a fault, and gives the answer of `carryOut`. Rejects when the port is in use.
 */
export async function startFarEnd(options: {
  calls: Calls
  port?: number | undefined
  faults?: Faults | undefined
  describe(request: ReceivedRequest): Pick<Call, 'to' | 'method' | 'args'>
  carryOut(request: ReceivedRequest, call: Call): Promise<HttpResponse>
}): Promise<FarEnd> {
  const { calls, faults, describe, carryOut } = options
  const server = createServer(async (incoming, response) => {
    const request = await receive(incoming).catch(() => undefined)
    if (!request) return response.destroy()
    const call = calls.begin(describe(request))
    const answer = await withFault(faults?.(call), () => carryOut(request, call))
    if (answer === 'cut') {
      calls.end(call, { status: 0 })
      return response.destroy()
    }
    const error = errorCode(answer)
    calls.end(call, { status: answer.status, ...(error === undefined ? {} : { error }) })
    return send(response, answer)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}

/** The arguments of a call over AWS JSON; none, where the body is no JSON object. */
export function jsonArguments({ body }: ReceivedRequest): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(body.toString())
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {}
  } catch {
    return {}
  }
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

async function withFault(
  fault: Fault | undefined,
  carryOut: () => Promise<HttpResponse>,
): Promise<HttpResponse | 'cut'> {
  if (!fault) return carryOut()
  if (fault.kind === 'late') {
    const answer = await carryOut()
    await wait(fault.ms)
    return answer
  }
  if (fault.carriedOut) await carryOut()
  return fault.kind === 'cut'
    ? 'cut'
    : { status: fault.status, headers: fault.headers ?? {}, body: fault.body ?? '' }
}

/** REST services name the error in a header, AWS JSON services in the body, sometimes with a namespace or an address around it. */
function errorCode({ status, headers, body }: HttpResponse): string | undefined {
  if (status < 400) return undefined
  const inBody = /"__type":\s*"([^"]*)"/.exec(body.toString())?.[1]
  const named =
    Object.entries(headers).find(([name]) => name.toLowerCase() === 'x-amzn-errortype')?.[1] ?? inBody
  return named?.split(':')[0]?.split('#').at(-1)
}

function send(response: ServerResponse, { status, headers, body }: HttpResponse): void {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body)
}
