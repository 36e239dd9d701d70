import { describe, expect, test } from 'vitest'
import { faultOn, openStage, slackError } from './flow-stage.ts'
import { expectOneWholeAnswer, LOST_ANSWERS } from './lost.ts'

const stage = openStage()

describe.each(LOST_ANSWERS)(
  'a reply without a stream appears whole and once, although we got no answer to a call that Slack %s:',
  (_, fault) => {
    test('the chat.postMessage', async () => {
      const lost = faultOn('chat.postMessage', fault, 1)
      stage.faults = (call) =>
        call.method === 'chat.startStream' ? slackError('channel_type_not_supported') : lost(call)
      await expectOneWholeAnswer(stage)
    })

    test('a chat.update', async () => {
      const lost = faultOn('chat.update', fault, 1)
      stage.faults = (call) =>
        call.method === 'chat.startStream' ? slackError('channel_type_not_supported') : lost(call)
      await expectOneWholeAnswer(stage)
    })
  },
)

test('a post without an answer is looked for until the thread can be read', async () => {
  const lost = faultOn('chat.postMessage', { kind: 'cut', carriedOut: true }, 1)
  let unread = 3
  let posted = false
  stage.faults = (call) => {
    if (call.method === 'chat.startStream') return slackError('channel_type_not_supported')
    if (call.method === 'chat.postMessage') posted = true
    return posted && call.method === 'conversations.replies' && unread-- > 0
      ? { kind: 'answer', status: 500 }
      : lost(call)
  }
  await expectOneWholeAnswer(stage)
  expect(unread).toBeLessThan(0)
})
