import { describe, expect, test } from 'vitest'
import type { Fault } from '../../playground/calls.ts'
import { speaking } from './models.ts'
import { begin, failing, mention, openStage, post, QUESTION, refused } from './stage.ts'

const stage = openStage()

/** The answer is lost; in both cases nobody knows which of the two it is. */
const LOST: [string, Fault][] = [
  ['has carried out', { kind: 'cut', carriedOut: true }],
  ['has not carried out', { kind: 'answer', status: 502 }],
  ['has carried out, and answered by what is no JSON', { kind: 'answer', status: 200, body: '<html>a proxy</html>', carriedOut: true }],
  ['has not carried out, and answered by what is no JSON', { kind: 'answer', status: 200, body: '<html>a proxy</html>' }],
  [
    'has carried out in part, as its error says that it may have',
    { kind: 'answer', status: 200, body: '{"ok":false,"error":"fatal_error"}', carriedOut: true },
  ],
  ['has carried out, and answered by nothing but ok', { kind: 'answer', status: 200, body: '{"ok":true}', carriedOut: true }],
]

async function expectOneWholeAnswer(): Promise<void> {
  stage.model = speaking(30, 30)
  const { text, replies, threadTs } = await post(stage, { text: QUESTION })
  const whole = Array.from({ length: 30 }, (_, n) => `word${n + 1} `).join('')
  expect(text.trim()).toBe(whole.trim())
  expect(replies[0]?.streaming).not.toBe('in_progress')
  expect(JSON.stringify(replies[0]?.blocks)).toContain('feedback_buttons')
  expect(stage.stack.slack.session('C00GENERAL', threadTs)).toBe('active')
}

describe.each(LOST)('the whole answer is there, once, where the answer was lost to what Slack %s', (_, fault) => {
  test('the start of the stream', async () => {
    stage.faults = failing('chat.startStream', fault, 1)
    await expectOneWholeAnswer()
  })

  test('an append', async () => {
    let appends = 0
    stage.faults = ({ method }) => (method === 'chat.appendStream' && ++appends === 2 ? fault : undefined)
    await expectOneWholeAnswer()
  })

  test('the stop', async () => {
    stage.faults = failing('chat.stopStream', fault, 1)
    await expectOneWholeAnswer()
  })

  test('the post, where there is no stream', async () => {
    const lost = failing('chat.postMessage', fault, 1)
    stage.faults = (call) => (call.method === 'chat.startStream' ? refused('channel_type_not_supported') : lost(call))
    await expectOneWholeAnswer()
  })

  test('an update', async () => {
    const lost = failing('chat.update', fault, 1)
    stage.faults = (call) => (call.method === 'chat.startStream' ? refused('channel_type_not_supported') : lost(call))
    await expectOneWholeAnswer()
  })
})

test('a message that was posted is looked for until the thread can be read', async () => {
  const lost = failing('chat.postMessage', { kind: 'cut', carriedOut: true }, 1)
  let unread = 3
  let posted = false
  stage.faults = (call) => {
    if (call.method === 'chat.startStream') return refused('channel_type_not_supported')
    if (call.method === 'chat.postMessage') posted = true
    return posted && call.method === 'conversations.replies' && unread-- > 0 ? { kind: 'answer', status: 500 } : lost(call)
  }
  await expectOneWholeAnswer()
  expect(unread).toBeLessThan(0)
})

test('a stream that is found after a lost answer is never that of another turn in the same thread', async () => {
  stage.model = speaking(40, 100)
  const { ts: root } = stage.stack.slack.post({ channel: 'C00GENERAL', user: 'U00ADA', text: 'Ask away.' })
  // Both questions are there before either stream is, so that each may take the other's for its own.
  let lost = 1
  stage.faults = ({ method, args }) =>
    method === 'chat.startStream' && args.recipient_user_id === 'U00GRACE' && lost-- > 0 ? { kind: 'cut' } : undefined
  const ada = begin(stage, { threadTs: root, text: mention('the first?') })
  begin(stage, { user: 'U00GRACE', threadTs: root, text: mention('the second?') })
  await stage.stack.settled()
  const whole = Array.from({ length: 40 }, (_, n) => `word${n + 1}`).join(' ')
  expect(ada.seen().replies.map(({ markdown }) => markdown?.trim())).toEqual([whole, whole])
})
