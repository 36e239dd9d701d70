import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { expect, test } from 'vitest'
import { limits } from '../../assistant.config.ts'
import { TURNS_TABLE } from '../../playground/account.ts'
import { ANSWER, openStage, type Post, post, QUESTION, type Stage, stored } from './stage.ts'

const stage = openStage()

/** So many turns were answered in this hour or day; the next would be one more. */
async function counted({ stack }: Stage, key: string, windowMs: number, count: number): Promise<void> {
  const client = new DynamoDBClient({
    region: 'us-east-1',
    endpoint: stack.dynamo.endpoint,
    credentials: { accessKeyId: 'fake', secretAccessKey: 'fake' },
  })
  const item = {
    pk: { S: `limit#${key}#${Math.floor(Date.now() / windowMs)}` },
    count: { N: String(count) },
    expiresAt: { N: String(Math.floor(Date.now() / 1000) + 7_200) },
  }
  await client.send(new PutItemCommand({ TableName: TURNS_TABLE, Item: item }))
  client.destroy()
}

const HOUR_MS = 3_600_000
const modelCalls = ({ calls }: Awaited<ReturnType<typeof post>>) => calls.filter(({ method }) => method === 'ConverseStream').length

test.each<[string, string, number, number, Post]>([
  ['person', 'person#T00FAKE:U00ADA', HOUR_MS, limits.turnsPerPersonPerHour, { text: QUESTION }],
  ['workspace', 'workspace#T00FAKE', 24 * HOUR_MS, limits.turnsPerWorkspacePerDay, { user: 'U00GRACE', text: QUESTION }],
])('over the limit of a %s no model is asked, and the person reads why, once', async (_, key, windowMs, most, message) => {
  await counted(stage, key, windowMs, most - 1)
  const last = await post(stage, message)
  expect([modelCalls(last), last.text.includes(ANSWER)]).toEqual([1, true])
  const over = await post(stage, message)
  expect(modelCalls(over)).toBe(0)
  expect(over.text).toContain(`${most} questions`)
  expect(over.text).toContain('Ask me again in')
  expect(over.replies[0]?.streaming).toBe('completed')
  expect(over.replies[0]?.blocks).toEqual([])
})

test("whoever is over their own limit does not use up the others' day", async () => {
  await counted(stage, 'person#T00FAKE:U00ADA', HOUR_MS, limits.turnsPerPersonPerHour)
  await post(stage, { text: QUESTION })
  expect(await stored(stage, 'limit#workspace#')).toEqual([])
})

test('a table that cannot count lets the question pass', async () => {
  stage.faults = ({ method, args }) =>
    method === 'UpdateItem' && JSON.stringify(args.Key).includes('limit#') ? { kind: 'answer', status: 500, body: '{}' } : undefined
  expect((await post(stage, { text: QUESTION })).text).toContain(ANSWER)
})
