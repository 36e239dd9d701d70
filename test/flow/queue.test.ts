import { expect, test } from 'vitest'
import { mention, openStage, untilCall, viewOf } from './flow-stage.ts'

const stage = openStage()

test('a question that Lambda refused is acknowledged, queued and answered', async () => {
  const { slack, calls } = stage.stack
  let refusals = 2
  stage.faults = ({ method }) =>
    method === 'Invoke' && refusals-- > 0 ? { kind: 'answer', status: 429, body: '{}' } : undefined
  const before = calls.all.length
  const answered = untilCall(stage, ({ method }) => method === 'chat.stopStream')
  const { ts } = slack.post({
    channel: 'C00GENERAL',
    user: 'U00ADA',
    text: mention('where does the VPN guide live?'),
  })
  await slack.settled()
  // Slack sends the post as two events; the edge acknowledges each at its first delivery.
  const attempts = slack.deliveries
    .slice(0, 2)
    .map((delivery) => delivery.attempts.map(({ status }) => status))
  expect(attempts).toEqual([[200], [200]])
  await answered
  await stage.stack.settled()
  expect(viewOf(stage.stack, 'C00GENERAL', ts, ts, before).text).toContain('The VPN guide lives under IT')
})
