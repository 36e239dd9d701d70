import { expect, test } from 'vitest'
import { openStage } from './stage.ts'

const stage = openStage()

test('a command is acknowledged by the edge, and reaches the backend as what it is', async () => {
  const { slack, lambda } = stage.stack
  const { answer, attempts } = await slack.slashCommand({
    command: '/vera',
    text: 'where is the VPN guide?',
    channel: 'C00GENERAL',
    user: 'U00ADA',
  })
  await stage.stack.settled()
  expect(attempts.map(({ status }) => status)).toEqual([200])
  expect(JSON.parse(answer)).toMatchObject({ response_type: 'ephemeral' })
  expect(lambda.invocations.map(({ payload, outcome }) => [(payload as { kind: string }).kind, outcome])).toEqual([
    ['command', 'succeeded'],
  ])
})

test('help is answered at the edge', async () => {
  const before = stage.stack.lambda.invocations.length
  const { answer } = await stage.stack.slack.slashCommand({ command: '/vera', text: 'help', channel: 'C00GENERAL', user: 'U00ADA' })
  expect(JSON.parse(answer).text).toContain('/vera your question')
  expect(stage.stack.lambda.invocations).toHaveLength(before)
})
