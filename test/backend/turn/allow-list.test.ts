import { expect, test } from 'vitest'
import type { ThreadMessage } from '../../../backend/prompt/history.ts'
import type { Passage } from '../../../backend/prompt/passage.ts'
import { allowListOf } from '../../../backend/turn/allow-list.ts'

const QUESTION = { text: 'is <https://asked.example/a|this> for <@U00LINUS>?', userId: 'U00ADA' }
const THREAD: ThreadMessage[] = [
  {
    ts: '1790000000.000100',
    from: 'person',
    userId: 'U00GRACE',
    mrkdwn: 'see https://thread.example/b and <@U00KEN>',
    streaming: false,
  },
]
const PASSAGES: Passage[] = [
  {
    id: 'a',
    text: 'More at https://text.example/c.',
    title: 'https://title.example/d',
    url: 'https://page.example/e',
    base: 'wiki',
    score: 1,
  },
  { id: 'b', text: 'Ask <@U00EVIL>.', title: 'B', base: 'wiki', score: 1 },
]

test('an answer may link to addresses of the question, the thread, the passages and the configuration', () => {
  const { urls } = allowListOf(QUESTION, THREAD, PASSAGES, ['Write to https://support.example/f', ''])
  expect([...urls].sort()).toEqual([
    'https://asked.example/a',
    'https://page.example/e',
    'https://support.example/f',
    'https://text.example/c',
    'https://thread.example/b',
  ])
})

test('an answer may mention the asker, the authors of the thread and whom they mention, but nobody from the wiki', () => {
  const { userIds } = allowListOf(QUESTION, THREAD, PASSAGES, ['<@U00BOSS>'])
  expect([...userIds].sort()).toEqual(['U00ADA', 'U00GRACE', 'U00KEN', 'U00LINUS'])
})
