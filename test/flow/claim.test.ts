import { expect, test } from 'vitest'
import { CLAIM_BUDGET_MS } from '../../backend/dynamo/turns.ts'
import { BROKEN, logged, openStage, post, QUESTION, REFERENCE, stored } from './flow-stage.ts'

const stage = openStage()

test('a table that fails delays the apology, which is then posted once', async () => {
  // Enough failures for both invocations of the post and for the first apologies.
  let left = 30
  stage.faults = ({ to }) => (to === 'dynamo' && left-- > 0 ? BROKEN : undefined)
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
    method === 'PutItem' && left-- > 0 ? { kind: 'late', ms: 3 * CLAIM_BUDGET_MS } : undefined
  const { text, calls } = await post(stage, { channel: 'D00ADA', text: 'where does the VPN guide live?' })
  expect(text).toContain('The VPN guide lives under IT')
  expect(calls.filter(({ method }) => method === 'PutItem').length).toBeGreaterThan(1)
})
