import { expect, test } from 'vitest'
import { ANSWER, openStage, QUESTION, startPost } from './flow-stage.ts'

/** Slack's limits for one minute, scaled to ten seconds. */
const stage = openStage({
  slackLimits: {
    windowMs: 10_000,
    tiers: { t1: 1, t2: 4, t3: 9, t4: 17, special: 100, assistantStatus: 100 },
    postMessage: { burst: 5, perSecond: 5, perWindow: 50 },
  },
  concurrency: 5,
})

test('ten questions get ten whole answers, although Slack allows four streams in that time', async () => {
  const { slack, calls } = stage.stack
  const asked = Array.from({ length: 10 }, (_, n) =>
    startPost(stage, { user: n % 2 === 0 ? 'U00ADA' : 'U00GRACE', text: QUESTION }),
  )
  await stage.stack.settled()
  for (const question of asked) {
    const { text, replies, threadTs } = question.view()
    expect(text.split(ANSWER)).toHaveLength(2)
    expect(text).not.toContain('Reference')
    expect(replies[0]?.streaming).not.toBe('in_progress')
    expect(JSON.stringify(replies[0]?.blocks)).toContain('feedback_buttons')
    expect(slack.session('C00GENERAL', threadTs)).toBe('active')
  }
  expect(
    calls.all.filter(({ method, status }) => method === 'chat.startStream' && status === 429).length,
  ).toBeGreaterThan(0)
})
