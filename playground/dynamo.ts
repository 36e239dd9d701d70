import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import dynalite from 'dynalite'
import type { Calls, Faults } from './calls.ts'
import type { Clock } from './clock.ts'
import { type HttpResponse, jsonArguments, keepConnections, startFarEnd } from './far-end.ts'
import type { ReceivedRequest } from './sigv4.ts'

/** An item in DynamoDB's own notation: `{ pk: { S: 'turn' }, n: { N: '1' } }`. */
export type Item = Record<string, Record<string, unknown>>

export interface Dynamo {
  endpoint: string
  /** All items of a table, in no order. Not written into the record of calls. */
  items(table: string): Promise<Item[]>
  /** Deletes items, for a test that needs them gone. Not written into the record of calls. */
  deleteItems(table: string, which: (item: Item) => boolean): Promise<void>
  close(): Promise<void>
}

/** dynalite wants a signature and does not check it. */
const OUR_AUTHORIZATION =
  'AWS4-HMAC-SHA256 Credential=playground/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0'

/** Operations that change nothing, so that they may be repeated. */
const READS = new Set(['BatchGetItem', 'DescribeTable', 'GetItem', 'Query', 'Scan'])

/**
 * DynamoDB in memory: dynalite, behind a server that records each call and asks `faults`. The tables exist at
 * once, each with one string partition key. dynalite's limits hold here too: items do not expire, and there
 * are no transactions.
 */
export async function startDynamo(options: {
  calls: Calls
  clock?: Clock
  port?: number
  faults?: Faults
  tables: readonly { name: string; partitionKey: string }[]
}): Promise<Dynamo> {
  const { calls, clock, port, faults, tables } = options
  const store = dynalite({ createTableMs: 0 }).listen(0, '127.0.0.1')
  keepConnections(store)
  await once(store, 'listening')
  const address = `http://127.0.0.1:${(store.address() as AddressInfo).port}`

  async function request(operation: string, body: object): Promise<unknown> {
    const headers = {
      authorization: OUR_AUTHORIZATION,
      'x-amz-date': '20260101T000000Z',
      'x-amz-target': `DynamoDB_20120810.${operation}`,
      'content-type': 'application/x-amz-json-1.0',
    }
    const response = await ask(operation, address, { method: 'POST', headers, body: JSON.stringify(body) })
    const answer = await response.json()
    if (!response.ok) throw new Error(`dynalite refused ${operation}: ${JSON.stringify(answer)}`)
    return answer
  }

  async function items(table: string): Promise<Item[]> {
    const found: Item[] = []
    let from: unknown
    do {
      const page = (await request('Scan', {
        TableName: table,
        ...(from ? { ExclusiveStartKey: from } : {}),
      })) as {
        Items: Item[]
        LastEvaluatedKey?: unknown
      }
      found.push(...page.Items)
      from = page.LastEvaluatedKey
    } while (from)
    return found
  }

  async function closeStore(): Promise<void> {
    const closed = new Promise((resolve) => store.close(resolve))
    store.closeAllConnections()
    await closed
  }

  try {
    for (const { name, partitionKey } of tables) await createTable(name, partitionKey)
    /**
     * Requests that dynalite is working on. If it were closed meanwhile, it would throw an uncaught error.
     */
    const underWay = new Set<Promise<HttpResponse>>()
    const server = await startFarEnd({
      calls,
      clock,
      port,
      faults,
      describe,
      carryOut(request) {
        const answer = forward(address, request).finally(() => underWay.delete(answer))
        underWay.add(answer)
        return answer
      },
    })
    return {
      endpoint: server.origin,
      items,
      async deleteItems(table, which) {
        const key = tables.find(({ name }) => name === table)?.partitionKey ?? ''
        for (const item of (await items(table)).filter(which))
          await request('DeleteItem', { TableName: table, Key: { [key]: item[key] } })
      },
      async close() {
        await server.close()
        await Promise.allSettled(underWay)
        await closeStore()
      },
    }
  } catch (error) {
    await closeStore()
    throw error
  }

  async function createTable(name: string, partitionKey: string): Promise<void> {
    await request('CreateTable', {
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: partitionKey, AttributeType: 'S' }],
      KeySchema: [{ AttributeName: partitionKey, KeyType: 'HASH' }],
    })
    // Even with createTableMs 0 a table is CREATING until the next turn of dynalite's event loop.
    const status = async () =>
      ((await request('DescribeTable', { TableName: name })) as { Table: { TableStatus: string } }).Table
        .TableStatus
    while ((await status()) !== 'ACTIVE');
  }
}

function operationOf({ headers }: ReceivedRequest): string {
  return String(headers['x-amz-target']).split('.').at(-1) ?? ''
}

function describe(request: ReceivedRequest) {
  return { to: 'dynamo' as const, method: operationOf(request), args: jsonArguments(request) }
}

/** Sends one request to dynalite. A read whose connection breaks is sent once more. */
async function ask(operation: string, url: string, init: RequestInit): Promise<Response> {
  return fetch(url, init).catch((error: unknown) => {
    if (READS.has(operation)) return fetch(url, init)
    throw error
  })
}

/**
 * Passes a request on to dynalite. If the connection to it breaks, nobody knows whether a write was carried
 * out: the answer is then DynamoDB's own 500, after which the SDK tries again.
 */
async function forward(address: string, request: ReceivedRequest): Promise<HttpResponse> {
  const { method, url, headers, body } = request
  const names = ['authorization', 'content-type', 'x-amz-date', 'x-amz-target']
  const passed = names.flatMap((name) =>
    headers[name] === undefined ? [] : [[name, String(headers[name])] as [string, string]],
  )
  try {
    const response = await ask(operationOf(request), address + url, {
      method,
      headers: passed,
      ...(body.length > 0 ? { body } : {}),
    })
    const kept = [...response.headers].filter(([name]) => name === 'content-type' || name.startsWith('x-amz'))
    return {
      status: response.status,
      headers: Object.fromEntries(kept),
      body: Buffer.from(await response.arrayBuffer()),
    }
  } catch {
    return {
      status: 500,
      headers: { 'content-type': 'application/x-amz-json-1.0' },
      body: JSON.stringify({
        __type: 'com.amazonaws.dynamodb.v20120810#InternalServerError',
        message: 'The request processing has failed because of an unknown error, exception or failure.',
      }),
    }
  }
}
