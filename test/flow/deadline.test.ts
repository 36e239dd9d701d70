import { expect, test } from 'vitest'
import { REPLY_RESERVE_MS } from '../../backend/deadline.ts'
import type { Faults } from '../../playground/calls.ts'
import { faultOn, isAnswering, mention, openStage, post, rateLimited } from './flow-stage.ts'
import { speaking } from './models.ts'

/** Ten times what a quiet machine needs from the claim to the first words. */
const BEFORE_RESERVE_SECONDS = 5

const stage = openStage({ lambdaTimeoutSeconds: REPLY_RESERVE_MS / 1000 + BEFORE_RESERVE_SECONDS })

test('a turn that runs out of time closes its reply with the text so far and stops the model', async () => {
  stage.streamFaults = () => ({ afterDeltas: 6, ending: 'silence' })
  const { text, replies, calls } = await post(stage, { text: mention('where does the VPN guide live?') })
  expect(text).toMatch(/^The VPN guide/)
  expect(text).toContain('I ran out of time, so the answer is cut short here.')
  expect(replies[0]?.streaming).toBe('completed')
  expect(JSON.stringify(replies[0]?.blocks)).toContain('Try again')
  expect(calls.find(({ method }) => method === 'ConverseStream')?.marks.reset).toBeGreaterThan(0)
  expect(new Set(stage.stack.lambda.invocations.map(({ outcome }) => outcome))).toEqual(
    new Set(['succeeded']),
  )
})

test.each<[string, Faults]>([
  ['close the message', faultOn('chat.stopStream', rateLimited(15), 1)],
  [
    'set the session to active',
    ({ method, args }) =>
      method === 'chat.startStream'
        ? rateLimited(30)
        : method === 'agents.sessions.setStatus' && args.status === 'active' && isAnswering(stage)
          ? rateLimited(15)
          : undefined,
  ],
])(
  'a turn that runs out of time while Slack makes it wait to %s is closed after its invocation',
  async (_, faults) => {
    stage.model = speaking(600, 50)
    stage.faults = faults
    const { channel, threadTs, replies } = await post(stage, {
      channel: 'D00ADA',
      text: 'where does the VPN guide live?',
    })
    expect(replies.map(({ streaming }) => streaming)).not.toContain('in_progress')
    expect(replies.map(({ markdown, text }) => markdown ?? text).join()).toContain('I ran out of time')
    expect(JSON.stringify(replies.at(-1)?.blocks)).toContain('Try again')
    expect(stage.stack.slack.session(channel, threadTs)).toBe('active')
  },
)

test('a turn whose search hangs says that it ran out of time', async () => {
  stage.faults = faultOn('Retrieve', { kind: 'late', ms: 60_000 })
  const { text, replies } = await post(stage, { text: mention('where does the VPN guide live?') })
  expect(text).toContain('I ran out of time')
  expect(replies[0]?.streaming).toBe('completed')
})
