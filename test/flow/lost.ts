import { expect } from 'vitest'
import type { Fault } from '../../playground/calls.ts'
import { post, QUESTION, type Stage } from './flow-stage.ts'
import { speaking } from './models.ts'

/** The answer is lost; in both cases nobody knows which of the two it is. */
export const LOST: [string, Fault][] = [
  ['has carried out', { kind: 'cut', carriedOut: true }],
  ['has not carried out', { kind: 'answer', status: 502 }],
  [
    'has carried out, and answered by what is no JSON',
    { kind: 'answer', status: 200, body: '<html>a proxy</html>', carriedOut: true },
  ],
  [
    'has not carried out, and answered by what is no JSON',
    { kind: 'answer', status: 200, body: '<html>a proxy</html>' },
  ],
  [
    'has carried out in part, as its error says that it may have',
    { kind: 'answer', status: 200, body: '{"ok":false,"error":"fatal_error"}', carriedOut: true },
  ],
  [
    'has carried out, and answered by nothing but ok',
    { kind: 'answer', status: 200, body: '{"ok":true}', carriedOut: true },
  ],
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
