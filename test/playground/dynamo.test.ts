import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  ResourceNotFoundException,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import { expect, onTestFinished, test, vi } from 'vitest'
import { ROLE } from '../../playground/account.ts'
import { createCalls, type Fault } from '../../playground/calls.ts'
import { startDynamo } from '../../playground/dynamo.ts'
import { createFakeClock } from './fake-clock.ts'

/** Breaks the connection to dynalite during the next request. The SDK's client does not use fetch. */
function breakNextConnection(): void {
  const spy = vi.spyOn(globalThis, 'fetch')
  onTestFinished(() => spy.mockRestore())
  spy.mockRejectedValueOnce(new TypeError('fetch failed', { cause: new Error('read ECONNRESET') }))
}

async function openDynamo(fault?: Fault) {
  const calls = createCalls()
  const clock = createFakeClock()
  const faults = () => (calls.all.length === 1 ? fault : undefined)
  const dynamo = await startDynamo({ calls, clock, faults, tables: [{ name: 'turns', partitionKey: 'pk' }] })
  const client = new DynamoDBClient({
    region: 'us-east-1',
    endpoint: dynamo.endpoint,
    credentials: ROLE,
    maxAttempts: 1,
  })
  onTestFinished(async () => {
    client.destroy()
    await dynamo.close()
  })
  const claim = () =>
    client.send(
      new PutItemCommand({
        TableName: 'turns',
        Item: { pk: { S: 'turn' } },
        ConditionExpression: 'attribute_not_exists(pk)',
      }),
    )
  return { calls, clock, dynamo, client, claim }
}

test('a table exists at once and enforces conditions', async () => {
  const { claim, calls, dynamo } = await openDynamo()
  await claim()
  await expect(claim()).rejects.toBeInstanceOf(ConditionalCheckFailedException)
  expect(await dynamo.items('turns')).toEqual([{ pk: { S: 'turn' } }])
  expect(calls.all).toMatchObject([
    {
      to: 'dynamo',
      method: 'PutItem',
      args: { TableName: 'turns', Item: { pk: { S: 'turn' } } },
      status: 200,
    },
    { to: 'dynamo', method: 'PutItem', status: 400, error: 'ConditionalCheckFailedException' },
  ])
})

test('a counter that was added to twice is read as 2', async () => {
  const { client, dynamo } = await openDynamo()
  const update = {
    TableName: 'turns',
    Key: { pk: { S: 'count' } },
    UpdateExpression: 'ADD n :one',
    ExpressionAttributeValues: { ':one': { N: '1' } },
  }
  await client.send(new UpdateItemCommand(update))
  await client.send(new UpdateItemCommand(update))
  const read = await client.send(new GetItemCommand({ TableName: 'turns', Key: { pk: { S: 'count' } } }))
  expect(read.Item).toEqual({ pk: { S: 'count' }, n: { N: '2' } })
  expect(await dynamo.items('turns')).toEqual([read.Item])
})

test.each(['state', 'count'])(
  'an update of the attribute %s is refused, because DynamoDB reserves the word',
  async (word) => {
    const { client } = await openDynamo()
    const update = {
      TableName: 'turns',
      Key: { pk: { S: 'turn' } },
      UpdateExpression: `SET ${word} = :one`,
      ExpressionAttributeValues: { ':one': { N: '1' } },
    }
    await expect(client.send(new UpdateItemCommand(update))).rejects.toThrow(/reserved keyword/)
  },
)

test('items() returns all items of a table of several pages', async () => {
  const { client, dynamo } = await openDynamo()
  // A page of Scan ends at 1 MB.
  const put = (n: number) =>
    client.send(
      new PutItemCommand({
        TableName: 'turns',
        Item: { pk: { S: `${n}` }, text: { S: 'x'.repeat(390_000) } },
      }),
    )
  await Promise.all([1, 2, 3, 4].map(put))
  expect((await dynamo.items('turns')).map((item) => item.pk?.S).toSorted()).toEqual(['1', '2', '3', '4'])
})

test('DynamoDB answers ResourceNotFoundException for an unknown table', async () => {
  const { client } = await openDynamo()
  const read = client.send(new GetItemCommand({ TableName: 'others', Key: { pk: { S: 'turn' } } }))
  await expect(read).rejects.toBeInstanceOf(ResourceNotFoundException)
})

test('one of three claims at the same time wins', async () => {
  const { claim } = await openDynamo()
  const outcomes = await Promise.allSettled([claim(), claim(), claim()])
  expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected', 'rejected'])
})

test.each<[string, Fault, number, number]>([
  ['a cut before the write', { kind: 'cut' }, 0, 0],
  ['a cut after the write', { kind: 'cut', carriedOut: true }, 1, 0],
  [
    'an error instead of the write',
    { kind: 'answer', status: 500, body: '{"__type":"InternalServerError"}' },
    0,
    500,
  ],
  [
    'an error after the write',
    { kind: 'answer', status: 500, body: '{"__type":"InternalServerError"}', carriedOut: true },
    1,
    500,
  ],
])('%s (%o) leaves %i items', async (_, fault, written, status) => {
  const { claim, dynamo, calls } = await openDynamo(fault)
  await expect(claim()).rejects.toThrow()
  expect(await dynamo.items('turns')).toHaveLength(written)
  expect(calls.all[0]).toMatchObject({ status, ...(status === 500 ? { error: 'InternalServerError' } : {}) })
})

test('a late answer arrives after the next one, although its write was first', async () => {
  const { claim, calls, clock } = await openDynamo({ kind: 'late', ms: 200 })
  const ended: number[] = []
  calls.watch((call, phase) => phase === 'ended' && ended.push(call.status))
  const late = claim()
  await clock.waitedFor(200)
  await expect(claim()).rejects.toBeInstanceOf(ConditionalCheckFailedException)
  clock.advance(200)
  await late
  expect(ended).toEqual([400, 200])
})

test('a read is sent to dynalite once more if the connection to it breaks', async () => {
  const { claim, client, dynamo } = await openDynamo()
  await claim()
  breakNextConnection()
  const read = await client.send(new GetItemCommand({ TableName: 'turns', Key: { pk: { S: 'turn' } } }))
  expect(read.Item).toEqual({ pk: { S: 'turn' } })
  breakNextConnection()
  expect(await dynamo.items('turns')).toEqual([{ pk: { S: 'turn' } }])
})

test('a write whose connection to dynalite breaks is answered with 500 and not repeated', async () => {
  const { claim, calls, dynamo } = await openDynamo()
  breakNextConnection()
  await expect(claim()).rejects.toMatchObject({ name: 'InternalServerError' })
  expect(calls.all).toMatchObject([{ method: 'PutItem', status: 500, error: 'InternalServerError' }])
  expect(calls.violations).toEqual([])
  expect(await dynamo.items('turns')).toEqual([])
  await claim()
  expect(await dynamo.items('turns')).toHaveLength(1)
})

test('a closed DynamoDB refuses connections', async () => {
  const { dynamo, claim } = await openDynamo()
  await dynamo.close()
  await expect(claim()).rejects.toThrow('ECONNREFUSED')
  await expect(dynamo.items('turns')).rejects.toThrow()
})
