import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Clock } from '../../../backend/clock.ts'
import { createLimits } from '../../../backend/dynamo/limits.ts'
import { createTable } from '../../../backend/dynamo/table.ts'
import type { Limits } from '../../../backend/turn/gather.ts'
import { AWS_ACCOUNT, ROLE, TURNS_TABLE } from '../../../playground/account.ts'
import { createCalls } from '../../../playground/calls.ts'
import { type Dynamo, startDynamo } from '../../../playground/dynamo.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** A quarter past noon, UTC. */
const NOON_MS = Date.UTC(2026, 10, 28, 12, 15)

let now = NOON_MS
const clock: Clock = { now: () => now, sleep: async () => undefined }
let dynamo: Dynamo
let client: DynamoDBClient
let limits: Limits

beforeAll(async () => {
  dynamo = await startDynamo({ calls: createCalls(), tables: [{ name: TURNS_TABLE, partitionKey: 'pk' }] })
  client = new DynamoDBClient({ region: AWS_ACCOUNT.region, endpoint: dynamo.endpoint, credentials: ROLE })
  const table = createTable(client, TURNS_TABLE, clock)
  limits = createLimits(table, { turnsPerPersonPerHour: 2, turnsPerWorkspacePerDay: 3 }, clock)
})
beforeEach(async () => {
  now = NOON_MS
  await dynamo.deleteItems(TURNS_TABLE, () => true)
})
afterAll(async () => {
  client.destroy()
  await dynamo.close()
})

let turns = 0
const count = (userId: string, teamId = 'T00FAKE') =>
  limits.count({ turnId: `turn ${turns++}`, attempt: 1, teamId, userId })

describe('the limit of a person', () => {
  test('lets so many turns pass in an hour, and says when the next one may be', async () => {
    expect(await count('U00ADA')).toBeUndefined()
    expect(await count('U00ADA')).toBeUndefined()
    expect(await count('U00ADA')).toEqual({ limit: 'person', most: 2, freeInMs: 45 * 60_000 })
  })

  test('lets turns pass again in the next hour', async () => {
    await count('U00ADA')
    await count('U00ADA')
    now = NOON_MS + 45 * 60_000
    expect(await count('U00ADA')).toBeUndefined()
  })

  test('is kept for each person of each workspace', async () => {
    await count('U00ADA')
    await count('U00ADA')
    expect(await count('U00GRACE')).toBeUndefined()
    expect(await count('U00ADA', 'T00OTHER')).toBeUndefined()
  })

  test('does not count a refused turn against the workspace', async () => {
    for (let turn = 0; turn < 5; turn++) await count('U00ADA')
    expect(await count('U00GRACE')).toBeUndefined()
  })
})

test('the limit of a workspace counts the turns of all people in a day', async () => {
  await count('U00ADA')
  await count('U00GRACE')
  await count('U00ADA')
  expect(await count('U00GRACE')).toEqual({ limit: 'workspace', most: 3, freeInMs: (11 * 60 + 45) * 60_000 })
  now = NOON_MS + DAY_MS
  expect(await count('U00GRACE')).toBeUndefined()
})

test('a counter is kept until its hour or day is over', async () => {
  await count('U00ADA')
  const ends = (await dynamo.items(TURNS_TABLE)).map(
    ({ pk, expiresAt }) => [String(pk?.S).split('#')[1], Number(expiresAt?.N) * 1000] as const,
  )
  expect(ends.map(([limit]) => limit).sort()).toEqual(['person', 'workspace'])
  for (const [limit, end] of ends)
    expect(end).toBeGreaterThan(NOON_MS + (limit === 'person' ? HOUR_MS : DAY_MS))
})
