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

test('the history alternates roles and begins with a person, even if the thread does not', () => {
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

test('the history leaves out the question, later messages and a reply that is still being written', () => {
  const thread = [
    said(1, 'person', 'before'),
    said(2, 'assistant', 'half of', { streaming: true }),
    said(9, 'person', 'the question'),
    { ...said(1, 'person', 'after'), ts: '1790000001.000100' },
  ]
  expect(toHistory(thread, question, names)).toEqual([{ role: 'user', text: 'Ada: before' }])
})

test('the history leaves out a message that only mentions the assistant', () => {
  const thread = [said(1, 'person', 'before'), said(2, 'person', '<@U00VERA> ')]
  expect(toHistory(thread, question, names)).toEqual([{ role: 'user', text: 'Ada: before' }])
})

test('the history of a thread that is too long leaves out the oldest messages', () => {
  const long = 'x'.repeat(HISTORY_LIMIT_CHARS / 2)
  const history = toHistory(
    [said(1, 'person', 'old'), said(2, 'person', long), said(3, 'assistant', long)],
    question,
    names,
  )
  expect(history.map(({ text }) => text)).toEqual([`Ada: ${long}`, long])
})

test("the history has words in place of Slack's markup", () => {
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
