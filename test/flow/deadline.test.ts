import { expect, test } from 'vitest'
import { REPLY_RESERVE_MS } from '../../backend/deadline.ts'
import { failing, mention, openStage, post } from './stage.ts'

const stage = openStage({ lambdaTimeoutSeconds: REPLY_RESERVE_MS / 1000 + 2 })

test('when time runs out the message is closed before Lambda ends, with what there is, and the model is stopped', async () => {
  stage.streamFaults = () => ({ afterDeltas: 6, ending: 'silence' })
  const { text, replies, calls } = await post(stage, { text: mention('where does the VPN guide live?') })
  expect(text).toMatch(/^The VPN guide/)
  expect(text).toContain('I ran out of time, so the answer is cut short here.')
  expect(replies[0]?.streaming).toBe('completed')
  expect(JSON.stringify(replies[0]?.blocks)).toContain('Try again')
  expect(calls.find(({ method }) => method === 'ConverseStream')?.marks.reset).toBeGreaterThan(0)
  expect(stage.stack.lambda.invocations.every(({ outcome }) => outcome === 'succeeded')).toBe(true)
})

test('a search that never ends does not take the reply with it', async () => {
  stage.faults = failing('Retrieve', { kind: 'late', ms: 60_000 })
  const { text, replies } = await post(stage, { text: mention('where does the VPN guide live?') })
  expect(text).toContain('I ran out of time')
  expect(replies[0]?.streaming).toBe('completed')
})
