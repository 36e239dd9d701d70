import { describe, expect, test } from 'vitest'
import { faultOn, mention, openStage, startPost } from './flow-stage.ts'
import { expectOneWholeAnswer, LOST_ANSWERS } from './lost.ts'
import { speaking } from './models.ts'

const stage = openStage()

describe.each(LOST_ANSWERS)(
  'a streamed reply appears whole and once, although we got no answer to a call that Slack %s:',
  (_, fault) => {
    test('the chat.startStream', async () => {
      stage.faults = faultOn('chat.startStream', fault, 1)
      await expectOneWholeAnswer(stage)
    })

    test('a chat.appendStream', async () => {
      let appends = 0
      stage.faults = ({ method }) => (method === 'chat.appendStream' && ++appends === 2 ? fault : undefined)
      await expectOneWholeAnswer(stage)
    })

    test('the chat.stopStream', async () => {
      stage.faults = faultOn('chat.stopStream', fault, 1)
      await expectOneWholeAnswer(stage)
    })
  },
)

test('a turn whose startStream got no answer never adopts the stream of another turn in its thread', async () => {
  stage.model = speaking(40, 100)
  const { ts: root } = stage.stack.slack.post({ channel: 'C00GENERAL', user: 'U00ADA', text: 'Ask away.' })
  // Both questions are posted before either stream starts, so each turn could adopt the other's stream.
  let lost = 1
  stage.faults = ({ method, args }) =>
    method === 'chat.startStream' && args.recipient_user_id === 'U00GRACE' && lost-- > 0
      ? { kind: 'cut' }
      : undefined
  const ada = startPost(stage, { threadTs: root, text: mention('the first?') })
  startPost(stage, { user: 'U00GRACE', threadTs: root, text: mention('the second?') })
  await stage.stack.settled()
  const whole = Array.from({ length: 40 }, (_, n) => `word${n + 1}`).join(' ')
  expect(ada.view().replies.map(({ markdown }) => markdown?.trim())).toEqual([whole, whole])
})
