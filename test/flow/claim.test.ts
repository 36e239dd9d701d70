import { expect, test } from 'vitest'
import type { Call, Fault } from '../../playground/calls.ts'
import {
  ANSWER,
  BROKEN,
  CRASHING,
  logged,
  openStage,
  post,
  QUESTION,
  REFERENCE,
  stored,
} from './flow-stage.ts'

const stage = openStage()

const THROTTLED: Fault = {
  kind: 'answer',
  status: 400,
  body: JSON.stringify({
    __type: 'com.amazonaws.dynamodb.v20120810#ThrottlingException',
    message: 'slow down',
  }),
}

test('a table that refuses its calls delays the apology, which is then posted once', async () => {
  // Enough failures for both invocations of the post and for the first apologies. Nobody repeats this one.
  let left = 4
  stage.faults = ({ to }) => (to === 'dynamo' && left-- > 0 ? CRASHING : undefined)
  const { text, writes, threadTs } = await post(stage, { text: QUESTION })
  expect(left).toBeLessThan(0)
  expect(text).toContain('Something went wrong on my side')
  expect(text).toMatch(REFERENCE)
  expect(writes.filter((method) => method.startsWith('chat.'))).toEqual(['chat.postMessage'])
  expect(logged(stage, 'apology').map(({ outcome }) => outcome)).toContain('told')
  expect(stage.stack.lambda.deadLetters).toEqual([])
  const [record] = await stored(stage, `turn#A00FAKE:T00FAKE:C00GENERAL:${threadTs}`)
  expect(record).toMatchObject({
    turnState: { S: 'failed' },
    outcomeTold: { BOOL: true },
    userId: { S: 'U00ADA' },
  })
})

test('a claim is won even if the answer of the table was lost', async () => {
  let left = 1
  stage.faults = ({ method }) =>
    method === 'PutItem' && left-- > 0 ? { kind: 'cut', carriedOut: true } : undefined
  const { text } = await post(stage, { channel: 'D00ADA', text: 'where does the VPN guide live?' })
  expect(text).toContain('The VPN guide lives under IT')
})

test('a claim that hangs is repeated and won', async () => {
  let left = 1
  stage.faults = ({ method }) =>
    method === 'PutItem' && left-- > 0 ? { kind: 'late', ms: 60_000 } : undefined
  const { text, calls } = await post(stage, { channel: 'D00ADA', text: 'where does the VPN guide live?' })
  expect(text).toContain('The VPN guide lives under IT')
  expect(calls.filter(({ method }) => method === 'PutItem').length).toBeGreaterThan(1)
})

/** What happens to a call to the table, so many milliseconds after the first one. */
const SLOW_TABLES: [string, (call: Readonly<Call>, sinceFirstMs: number) => Fault | undefined][] = [
  ['needs more than a second for each call', () => ({ kind: 'late', ms: 1_200 })],
  ['fails for three seconds', (_, ms) => (ms < 3_000 ? BROKEN : undefined)],
  [
    'throttles the claim for three seconds',
    ({ method }, ms) => (method === 'PutItem' && ms < 3_000 ? THROTTLED : undefined),
  ],
  ['fails at the end of the turn for three seconds', failingFinish()],
]

test.each(SLOW_TABLES)('a table that %s delays an answer and does not cost it', async (_, fault) => {
  let first: number | undefined
  stage.faults = (call) => {
    if (call.to !== 'dynamo') return undefined
    first ??= Date.now()
    return fault(call, Date.now() - first)
  }
  const apologies = logged(stage, 'apology').length
  const { text, threadTs } = await post(stage, { text: QUESTION })
  expect(text).toContain(ANSWER)
  expect(text).not.toMatch(REFERENCE)
  expect(logged(stage, 'apology').length).toBe(apologies)
  const [record] = await stored(stage, `turn#A00FAKE:T00FAKE:C00GENERAL:${threadTs}`)
  expect(record?.turnState).toEqual({ S: 'answered' })
})

/** The record of the end fails for three seconds after it was first tried. */
function failingFinish(): (call: Readonly<Call>) => Fault | undefined {
  let first: number | undefined
  return ({ method, args }) => {
    if (method !== 'UpdateItem' || !JSON.stringify(args).includes('passages = :passages')) return undefined
    first ??= Date.now()
    return Date.now() - first < 3_000 ? BROKEN : undefined
  }
}
