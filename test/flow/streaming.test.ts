import { describe, expect, test } from 'vitest'
import { joined, longAnswer } from '../backend/slack/reply/long-answer.ts'
import { openStage, post, QUESTION, textOf } from './flow-stage.ts'
import { saying } from './models.ts'

/** The longest answer that `model.maxTokens` allows. */
const ANSWER = longAnswer(6_500, 30)

describe.each([
  ['streams live for 1.5 s', { streamLifetimeMs: 1_500 }],
  ['messages take 2,000 bytes', { streamBytes: 2_000 }],
  ['streams live for 1.5 s and messages take 2,000 bytes', { streamLifetimeMs: 1_500, streamBytes: 2_000 }],
])('if %s', (_, slackLimits) => {
  const stage = openStage({ slackLimits, pace: { firstTokenMs: 0, tokensPerSecond: 40 } })

  test('a long answer appears whole and once, in real time', async () => {
    stage.model = saying(ANSWER)
    const { replies, threadTs } = await post(stage, { text: QUESTION })
    expect(joined(replies.map(textOf), ANSWER)).toBe(ANSWER)
    expect(replies.map(({ streaming }) => streaming)).not.toContain('in_progress')
    const thumbs = replies.map(({ blocks }) => blocks.some(({ type }) => type === 'context_actions'))
    expect(thumbs).toEqual(replies.map((_, index) => index === replies.length - 1))
    expect(stage.stack.slack.session('C00GENERAL', threadTs)).toBe('active')
  })
})
