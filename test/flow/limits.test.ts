import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { expect, test } from 'vitest'
import { limits } from '../../assistant.config.ts'
import { DYNAMO_ATTEMPTS } from '../../backend/dynamo/timeouts.ts'
import { limitSentence } from '../../backend/sentences.ts'
import { TURNS_TABLE } from '../../playground/account.ts'
import type { Call } from '../../playground/calls.ts'
import type { ThreadMessage } from '../../playground/slack/thread-view.ts'
import {
  ANSWER,
  faultOn,
  openStage,
  type Post,
  post,
  press,
  QUESTION,
  type Stage,
  stored,
  textOf,
} from './flow-stage.ts'

const stage = openStage()

/** Sets the count of turns in this hour or day. */
async function counted({ stack }: Stage, key: string, windowMs: number, count: number): Promise<void> {
  const client = new DynamoDBClient({
    region: 'us-east-1',
    endpoint: stack.dynamo.endpoint,
    credentials: { accessKeyId: 'fake', secretAccessKey: 'fake' },
  })
  const item = {
    pk: { S: `limit#${key}#${Math.floor(Date.now() / windowMs)}` },
    turnCount: { N: String(count) },
    expiresAt: { N: String(Math.floor(Date.now() / 1000) + 7_200) },
  }
  await client.send(new PutItemCommand({ TableName: TURNS_TABLE, Item: item }))
  client.destroy()
}

const isCount = ({ method, args }: Readonly<Call>) =>
  method === 'UpdateItem' && JSON.stringify(args.Key).includes('limit#')

const HOUR_MS = 3_600_000
const modelCalls = ({ calls }: Awaited<ReturnType<typeof post>>) =>
  calls.filter(({ method }) => method === 'ConverseStream').length

test.each<['person' | 'workspace', string, number, number, Post]>([
  ['person', 'person#T00FAKE:U00ADA', HOUR_MS, limits.turnsPerPersonPerHour, { text: QUESTION }],
  [
    'workspace',
    'workspace#T00FAKE',
    24 * HOUR_MS,
    limits.turnsPerWorkspacePerDay,
    { user: 'U00GRACE', text: QUESTION },
  ],
])(
  'a question over the limit of a %s is refused once with the reason, without asking the model',
  async (limit, key, windowMs, most, message) => {
    const refusal = () => limitSentence({ limit, most, freeInMs: windowMs - (Date.now() % windowMs) })
    await counted(stage, key, windowMs, most - 1)
    const last = await post(stage, message)
    expect(last.text).toContain(ANSWER)
    expect(modelCalls(last)).toBe(1)
    const refusalBefore = refusal()
    const over = await post(stage, message)
    expect(modelCalls(over)).toBe(0)
    expect(over.text).toBeOneOf([refusalBefore, refusal()])
    expect(over.text).toContain(`${most} questions`)
    expect(over.replies[0]?.streaming).toBe('completed')
    expect(over.replies[0]?.blocks.map(({ type }) => type)).toEqual(['actions'])
  },
)

test('the last question below the limit is answered even if the response to its count is lost', async () => {
  await counted(stage, 'person#T00FAKE:U00ADA', HOUR_MS, limits.turnsPerPersonPerHour - 1)
  let counts = 0
  stage.faults = (call) =>
    isCount(call) && ++counts === 1 ? { kind: 'answer', status: 500, carriedOut: true } : undefined
  expect((await post(stage, { text: QUESTION })).text).toContain(ANSWER)
  expect(counts).toBeGreaterThan(1)
})

test('"Try again" over the limit can be pressed again after the limit has passed', async () => {
  stage.faults = faultOn('ConverseStream', { kind: 'cut' })
  const at = await post(stage, { text: QUESTION })
  stage.faults = () => undefined
  const again = async () => {
    await press(stage, at, { actionId: 'retry' })
    await stage.stack.settled()
    return textOf(stage.stack.slack.thread(at.channel, at.threadTs).at(-1) as ThreadMessage)
  }
  await counted(stage, 'person#T00FAKE:U00ADA', HOUR_MS, limits.turnsPerPersonPerHour)
  expect(await again()).toContain('Ask me again in')
  await stage.stack.dynamo.deleteItems(TURNS_TABLE, ({ pk }) => String(pk?.S).startsWith('limit#'))
  expect(await again()).toContain(ANSWER)
})

test('a question over the personal limit does not count for the workspace', async () => {
  await counted(stage, 'person#T00FAKE:U00ADA', HOUR_MS, limits.turnsPerPersonPerHour)
  const { text } = await post(stage, { text: QUESTION })
  expect(text).toContain('Ask me again in')
  expect(await stored(stage, 'limit#workspace#')).toEqual([])
})

test('a question over the limit costs no call to Bedrock, even if the table is slow to count it', async () => {
  await counted(stage, 'person#T00FAKE:U00ADA', HOUR_MS, limits.turnsPerPersonPerHour)
  stage.faults = (call) => (isCount(call) ? { kind: 'late', ms: 400 } : undefined)
  const { text, calls, replies } = await post(stage, { text: QUESTION })
  expect(text).toContain('Ask me again in')
  expect(calls.filter(({ to }) => to === 'bedrock').map(({ method }) => method)).toEqual([])
  expect(replies[0]?.tasks.map(({ title, status }) => [title, status])).toEqual([
    ['Read the question', 'complete'],
  ])
})

test('a question is answered before a table that hangs has counted it', async () => {
  let counts = 0
  // The person's count succeeds at the last attempt of the AWS SDK, the workspace's never.
  stage.faults = (call) =>
    isCount(call) && ++counts !== DYNAMO_ATTEMPTS ? { kind: 'late', ms: 60_000 } : undefined
  const { text, calls } = await post(stage, { text: QUESTION })
  expect(text).toContain(ANSWER)
  // The model was asked before the SDK had made all its attempts at both.
  const asked = calls.findIndex(({ method }) => method === 'ConverseStream')
  const before = calls.slice(0, asked).filter(isCount).length
  expect(before).toBeGreaterThan(0)
  expect(before).toBeLessThan(2 * DYNAMO_ATTEMPTS)
})

test('a question is answered even if the table fails to count it', async () => {
  stage.faults = (call) => (isCount(call) ? { kind: 'answer', status: 500, body: '{}' } : undefined)
  expect((await post(stage, { text: QUESTION })).text).toContain(ANSWER)
})
