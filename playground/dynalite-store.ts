import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import dynalite from 'dynalite'
import { type HttpResponse, keepConnections } from './far-end.ts'
import type { ReceivedRequest } from './received-request.ts'

/** dynalite on a port of its own. */
export interface DynaliteStore {
  /** Asks for an operation with our own signature. Throws if dynalite refuses. */
  request(operation: string, body: object): Promise<unknown>
  /** Passes a client's request on. Never rejects. */
  forward(operation: string, request: ReceivedRequest): Promise<HttpResponse>
  /** Waits for the requests that are running, and stops. */
  close(): Promise<void>
}

/** dynalite wants a signature and does not check it. */
const OUR_AUTHORIZATION =
  'AWS4-HMAC-SHA256 Credential=playground/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0'

/** Headers of a client's request that dynalite reads. */
const PASSED_HEADERS = ['authorization', 'content-type', 'x-amz-date', 'x-amz-target']

/** Operations that change nothing, so that they may be repeated. */
const READS = new Set(['BatchGetItem', 'DescribeTable', 'GetItem', 'Query', 'Scan'])

export async function openDynaliteStore(): Promise<DynaliteStore> {
  const server = dynalite({ createTableMs: 0 }).listen(0, '127.0.0.1')
  keepConnections(server)
  await once(server, 'listening')
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  /** Requests that dynalite is working on. If it were closed meanwhile, it would throw an uncaught error. */
  const running = new Set<Promise<HttpResponse>>()

  async function answer(operation: string, request: ReceivedRequest): Promise<HttpResponse> {
    const { method, url, headers, body } = request
    const passed = PASSED_HEADERS.flatMap((name) =>
      headers[name] === undefined ? [] : [[name, String(headers[name])] as [string, string]],
    )
    try {
      const response = await ask(operation, address + url, {
        method,
        headers: passed,
        ...(body.length > 0 ? { body } : {}),
      })
      const kept = [...response.headers].filter(
        ([name]) => name === 'content-type' || name.startsWith('x-amz'),
      )
      return {
        status: response.status,
        headers: Object.fromEntries(kept),
        body: Buffer.from(await response.arrayBuffer()),
      }
    } catch {
      return internalServerError()
    }
  }

  return {
    async request(operation, body) {
      const headers = {
        authorization: OUR_AUTHORIZATION,
        'x-amz-date': '20260101T000000Z',
        'x-amz-target': `DynamoDB_20120810.${operation}`,
        'content-type': 'application/x-amz-json-1.0',
      }
      const response = await ask(operation, address, { method: 'POST', headers, body: JSON.stringify(body) })
      const read = await response.json()
      if (!response.ok) throw new Error(`dynalite refused ${operation}: ${JSON.stringify(read)}`)
      return read
    },
    forward(operation, request) {
      const answered = answer(operation, request).finally(() => running.delete(answered))
      running.add(answered)
      return answered
    },
    async close() {
      await Promise.all(running)
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}

/** Sends one request to dynalite. A read whose connection breaks is sent once more. */
async function ask(operation: string, url: string, init: RequestInit): Promise<Response> {
  return fetch(url, init).catch((error: unknown) => {
    if (READS.has(operation)) return fetch(url, init)
    throw error
  })
}

/**
 * DynamoDB's own 500. If the connection to dynalite breaks, nobody knows whether a write was carried out;
 * after a 500 the SDK tries again.
 */
function internalServerError(): HttpResponse {
  return {
    status: 500,
    headers: { 'content-type': 'application/x-amz-json-1.0' },
    body: JSON.stringify({
      __type: 'com.amazonaws.dynamodb.v20120810#InternalServerError',
      message: 'The request processing has failed because of an unknown error, exception or failure.',
    }),
  }
}
