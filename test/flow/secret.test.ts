import { expect, test } from 'vitest'
import { SLACK_SECRET, SLACK_SECRET_ARN } from '../../playground/account.ts'
import { ANSWER, logged, openStage, post } from './flow-stage.ts'

const stage = openStage()
const ASKED = { channel: 'D00ADA', text: 'where does the VPN guide live?' }

test('a function that started before the Slack secret was set answers after it is set', async () => {
  stage.stack.secrets.set(
    SLACK_SECRET_ARN,
    JSON.stringify({ botToken: 'not-set', teamId: 'not-set', appId: 'not-set' }),
  )
  const before = await post(stage, ASKED)
  expect([before.replies, logged(stage, 'turn').map(({ outcome }) => outcome)]).toEqual([[], ['refused']])
  stage.stack.secrets.set(SLACK_SECRET_ARN, JSON.stringify(SLACK_SECRET))
  expect((await post(stage, ASKED)).text).toContain(ANSWER)
  expect(new Set(stage.stack.lambda.invocations.map(({ pid }) => pid)).size).toBe(1)
})

test('a token that Slack has revoked is read again, once', async () => {
  stage.stack.secrets.set(SLACK_SECRET_ARN, JSON.stringify({ ...SLACK_SECRET }))
  let refusals = 1
  stage.faults = ({ method }) =>
    method === 'chat.startStream' && refusals-- > 0
      ? { kind: 'answer', status: 200, body: '{"ok":false,"error":"token_revoked"}' }
      : undefined
  const { text, calls } = await post(stage, ASKED)
  expect(text).toContain(ANSWER)
  expect(calls.filter(({ method }) => method === 'GetSecretValue')).toHaveLength(1)
})
