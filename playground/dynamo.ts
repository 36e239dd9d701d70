import type { Calls, Faults } from './calls.ts'
import type { Clock } from './clock.ts'
import { openDynaliteStore } from './dynalite-store.ts'
import { jsonArguments, startFarEnd } from './far-end.ts'
import type { ReceivedRequest } from './received-request.ts'

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
  const store = await openDynaliteStore()

  async function items(table: string): Promise<Item[]> {
    const found: Item[] = []
    let from: unknown
    do {
      const page = (await store.request('Scan', {
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

  async function createTable(name: string, partitionKey: string): Promise<void> {
    await store.request('CreateTable', {
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: partitionKey, AttributeType: 'S' }],
      KeySchema: [{ AttributeName: partitionKey, KeyType: 'HASH' }],
    })
    // Even with createTableMs 0 a table is CREATING until the next turn of dynalite's event loop.
    const status = async () =>
      ((await store.request('DescribeTable', { TableName: name })) as { Table: { TableStatus: string } })
        .Table.TableStatus
    while ((await status()) !== 'ACTIVE');
  }

  try {
    for (const { name, partitionKey } of tables) await createTable(name, partitionKey)
    const server = await startFarEnd({
      calls,
      clock,
      port,
      faults,
      describe: (request) => ({
        to: 'dynamo',
        method: operationOf(request),
        args: jsonArguments(request),
      }),
      carryOut: (request) => store.forward(operationOf(request), request),
    })
    return {
      endpoint: server.origin,
      items,
      async deleteItems(table, which) {
        const key = tables.find(({ name }) => name === table)?.partitionKey ?? ''
        for (const item of (await items(table)).filter(which))
          await store.request('DeleteItem', { TableName: table, Key: { [key]: item[key] } })
      },
      async close() {
        await server.close()
        await store.close()
      },
    }
  } catch (error) {
    await store.close()
    throw error
  }
}

function operationOf({ headers }: ReceivedRequest): string {
  return String(headers['x-amz-target']).split('.').at(-1) ?? ''
}
