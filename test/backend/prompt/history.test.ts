import { expect, test } from 'vitest'
import { HISTORY_LIMIT_CHARS, type ThreadMessage, toHistory } from '../../../backend/prompt/history.ts'

const question = { ts: '1790000000.000900', botUserId: 'U00VERA' }
const names = new Map([['U00ADA', 'Ada']])

function said(
  n: number,
  from: ThreadMessage['from'],
  mrkdwn: string,
  changed: Partial<ThreadMessage> = {},
): ThreadMessage {
  const userId = from === 'assistant' ? 'U00VERA' : 'U00ADA'
  return { ts: `1790000000.000${n}00`, from, userId, mrkdwn, streaming: false, ...changed }
}

test('roles alternate and a person comes first, whatever the thread looks like', () => {
  const history = toHistory(
    [
      said(1, 'assistant', 'Good morning'),
      said(2, 'person', 'one'),
      said(3, 'app', 'two', { userId: 'B00OTHER' }),
      said(4, 'assistant', 'three'),
      said(5, 'assistant', 'four'),
    ],
    question,
    names,
  )
  expect(history).toEqual([
    { role: 'user', text: 'Ada: one\n\nB00OTHER: two' },
    { role: 'assistant', text: 'three\n\nfour' },
  ])
})

test('the question itself, what came after it, and a reply that is still being written stay out', () => {
  const thread = [
    said(1, 'person', 'before'),
    said(2, 'assistant', 'half of', { streaming: true }),
    said(9, 'person', 'the question'),
    { ...said(1, 'person', 'after'), ts: '1790000001.000100' },
  ]
  expect(toHistory(thread, question, names)).toEqual([{ role: 'user', text: 'Ada: before' }])
})

test('where the thread is too long, the oldest is left out', () => {
  const long = 'x'.repeat(HISTORY_LIMIT_CHARS / 2)
  const history = toHistory(
    [said(1, 'person', 'old'), said(2, 'person', long), said(3, 'assistant', long)],
    question,
    names,
  )
  expect(history.map(({ text }) => text)).toEqual([`Ada: ${long}`, long])
})

test("Slack's markup becomes words", () => {
  const [message] = toHistory(
    [
      said(
        1,
        'person',
        '<@U00VERA> ask <@U00ADA> in <#C00GENERAL|general> about <https://a.example|it> &amp; &lt;that&gt; <!here>',
      ),
    ],
    question,
    names,
  )
  expect(message?.text).toBe('Ada: ask @Ada in #general about it (https://a.example) & <that> @here')
})
