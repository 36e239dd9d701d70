import { expect } from 'vitest'
import type { Fault } from '../../playground/calls.ts'
import { post, QUESTION, type Stage } from './flow-stage.ts'
import { speaking } from './models.ts'

/** Faults that lose Slack's answer: we cannot know which of the two it was. reply.test.ts has more kinds. */
export const LOST_ANSWERS: [string, Fault][] = [
  ['has carried out', { kind: 'cut', carriedOut: true }],
  ['has not carried out', { kind: 'answer', status: 502 }],
]

export async function expectOneWholeAnswer(stage: Stage): Promise<void> {
  stage.model = speaking(30, 30)
  const { text, replies, threadTs } = await post(stage, { text: QUESTION })
  const whole = Array.from({ length: 30 }, (_, n) => `word${n + 1} `).join('')
  expect(text.trim()).toBe(whole.trim())
  expect(replies[0]?.streaming).not.toBe('in_progress')
  expect(JSON.stringify(replies[0]?.blocks)).toContain('feedback_buttons')
  expect(stage.stack.slack.session('C00GENERAL', threadTs)).toBe('active')
}
