import { expect, test } from 'vitest'
import type { Call } from '../../playground/calls.ts'
import type { Delivery } from '../../playground/slack/delivery.ts'
import { timelineOf } from '../../playground/timeline.ts'

const POSTED_AT = 1_800_000_000_000

/** A call that began `at` milliseconds after the question and took `ms`. */
const call = (to: Call['to'], method: string, at: number, ms: number, changes: Partial<Call> = {}): Call => ({
  to,
  method,
  args: {},
  at: POSTED_AT + at,
  ms,
  status: 200,
  marks: {},
  ...changes,
})

const delivery = (state: Delivery['state'], ...attempts: [at: number, ms: number][]): Delivery => ({
  kind: 'event',
  type: 'app_mention',
  url: '',
  body: '',
  answer: '',
  state,
  attempts: attempts.map(([at, ms], retryNum) => ({ at: POSTED_AT + at, ms, status: 200, retryNum })),
})

test('the timeline has the end of each step in order', () => {
  const text = { args: { chunks: [{ type: 'markdown_text', text: 'Under IT.' }] } }
  const calls = [
    call('lambda', 'Invoke', 20, 5, { status: 202 }),
    call('dynamo', 'PutItem', 60, 10),
    call('dynamo', 'PutItem', 900, 10),
    call('slack', 'chat.startStream', 80, 10, { args: { chunks: [{ type: 'task_update' }] } }),
    call('slack', 'conversations.replies', 90, 30),
    call('bedrock', 'Retrieve', 100, 40),
    call('bedrock', 'Retrieve', 100, 60),
    call('bedrock', 'Rerank', 170, 30),
    call('bedrock', 'ConverseStream', 210, 500, { marks: { firstToken: POSTED_AT + 300 } }),
    call('slack', 'chat.appendStream', 305, 5, { ...text, status: 429 }),
    call('slack', 'chat.appendStream', 310, 20, text),
    call('slack', 'chat.appendStream', 500, 20, text),
    call('slack', 'chat.stopStream', 700, 20),
  ]
  const deliveries = [delivery('given up', [0, 1]), delivery('acknowledged', [0, 30], [40, 10])]
  expect(timelineOf(calls, deliveries, POSTED_AT)).toEqual([
    { step: 'invoke', ms: 25 },
    { step: 'ack', ms: 50 },
    { step: 'claim', ms: 70 },
    { step: 'thread', ms: 120 },
    { step: 'retrieve', ms: 160 },
    { step: 'rerank', ms: 200 },
    { step: 'first token', ms: 300 },
    { step: 'first visible text', ms: 330 },
    { step: 'done', ms: 720 },
  ])
})

test('the timeline leaves out failed calls and steps that did not happen', () => {
  const calls = [
    call('lambda', 'Invoke', 20, 5, { status: 429 }),
    call('bedrock', 'Retrieve', 100, 40, { status: 500 }),
    call('slack', 'chat.postMessage', 200, 10),
  ]
  expect(timelineOf(calls, [], POSTED_AT)).toEqual([
    { step: 'first visible text', ms: 210 },
    { step: 'done', ms: 210 },
  ])
})
