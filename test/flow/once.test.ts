import { describe, expect, test } from 'vitest'
import type { Call } from '../../playground/calls.ts'
import {
  claimToken,
  isClaim,
  logged,
  mention,
  openStage,
  post,
  QUESTION,
  startPost,
  untilCall,
} from './flow-stage.ts'
import { saying, speakingUntil } from './models.ts'

const stage = openStage()

/** The claims of a turn, one per invocation, and which of them won. */
function claimsOf(calls: readonly Call[]): { token: string | undefined; won: boolean }[] {
  return [...Map.groupBy(calls.filter(isClaim), claimToken)].map(([token, tries]) => ({
    token,
    won: tries.some(({ status }) => status === 200),
  }))
}

describe('an invocation whose turn is already claimed makes no call to Slack', () => {
  test('while the first invocation answers, and is counted as a duplicate', async () => {
    const { calls, replies } = await post(stage, { text: QUESTION })
    const claims = claimsOf(calls)
    expect(claims.length).toBeGreaterThan(1)
    expect(claims.filter(({ won }) => won)).toHaveLength(1)
    expect(replies).toHaveLength(1)
    expect(calls.filter(({ method }) => method === 'chat.startStream')).toHaveLength(1)
    expect(calls.filter(({ method }) => method === 'conversations.replies')).toHaveLength(1)
    const losers = logged(stage, 'turn').filter(({ outcome }) => outcome === 'duplicate')
    expect(losers.map(({ slackCalls }) => slackCalls)).toEqual(claims.slice(1).map(() => 0))
    const metrics = stage.stack.lambda.invocations.flatMap(({ logs }) =>
      logs.filter((line) => line.includes('"Duplicates":1')),
    )
    expect(metrics).toHaveLength(losers.length)
  })

  test('after the first invocation has answered', async () => {
    const { slack, calls } = stage.stack
    const asked = await post(stage, { channel: 'D00ADA', text: 'where does the VPN guide live?' })
    const [delivery] = slack.deliveries.filter(
      ({ kind, body }) => kind === 'event' && body.includes(asked.threadTs),
    )
    const before = calls.all.length
    const { event } = JSON.parse(delivery?.body ?? '{}')
    slack.send(event)
    await stage.stack.settled()
    const since = calls.all.slice(before)
    expect(claimsOf(since).map(({ won }) => won)).toEqual([false])
    expect(since.filter(({ to }) => to === 'slack')).toEqual([])
  })
})

test('two questions in one thread are both answered, the second without the unfinished answer to the first', async () => {
  const askedAgain = untilCall(
    stage,
    ({ method, args }) => method === 'ConverseStream' && JSON.stringify(args).includes('the second?'),
    'begun',
  )
  stage.model = speakingUntil(askedAgain, 50)
  const hears = untilCall(stage, ({ method }) => method === 'chat.appendStream')
  const first = startPost(stage, { text: mention('the first?') })
  await hears
  stage.model = saying('The second answer.')
  const second = startPost(stage, { user: 'U00GRACE', threadTs: first.ts, text: mention('the second?') })
  await stage.stack.settled()
  const { replies, calls } = second.view()
  expect(replies.map(({ markdown }) => markdown?.trim()).sort()).toEqual(['The second answer.'])
  expect(first.view().replies).toHaveLength(2)
  const asked = calls.find(({ method }) => method === 'ConverseStream')?.args.messages
  expect(JSON.stringify(asked)).toContain('the first?')
  expect(JSON.stringify(asked)).not.toContain('word1')
  expect(first.view().replies[0]?.markdown).toMatch(/^word1 .* end$/)
})

describe('an unfinished answer of several messages', () => {
  const stage = openStage({ slackLimits: { streamBytes: 700 } })

  test('is not shown to the model with a later question in its thread', async () => {
    const askedAgain = untilCall(
      stage,
      ({ method, args }) => method === 'ConverseStream' && JSON.stringify(args).includes('the second?'),
      'begun',
    )
    stage.model = speakingUntil(askedAgain, 30)
    let starts = 0
    const second = untilCall(stage, ({ method }) => method === 'chat.startStream' && ++starts === 2)
    const first = startPost(stage, { text: mention('the first?') })
    await second
    stage.model = saying('The second answer.')
    const later = startPost(stage, { user: 'U00GRACE', threadTs: first.ts, text: mention('the second?') })
    await stage.stack.settled()
    const asked = later
      .view()
      .calls.find(
        ({ method, args }) => method === 'ConverseStream' && JSON.stringify(args).includes('the second?'),
      )
    expect(JSON.stringify(asked?.args.messages)).not.toContain('word1 ')
    expect(JSON.stringify(asked?.args.messages)).toContain('the first?')
  })
})
