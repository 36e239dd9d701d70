import { expect, test } from 'vitest'
import type { ThreadMessage } from '../../../backend/prompt/history.ts'
import { QUERY_LIMIT_CHARS, toQuery } from '../../../backend/prompt/query.ts'

const ASKED = { ts: '1790000000.000500', userId: 'U00ADA', botUserId: 'U00VERA' }

function said(ts: string, userId: string, mrkdwn: string): ThreadMessage {
  return { ts, from: 'person', userId, mrkdwn, streaming: false }
}

test("the query is the asker's previous message in the thread and the question, as words", () => {
  const thread = [
    said('1790000000.000100', 'U00ADA', 'too old'),
    said('1790000000.000200', 'U00ADA', '<@U00VERA> where is the &lt;VPN&gt; guide?'),
    said('1790000000.000300', 'U00GRACE', 'somebody else'),
    said('1790000000.000500', 'U00ADA', 'the question itself'),
    said('1790000000.000600', 'U00ADA', 'too late'),
  ]
  expect(toQuery({ ...ASKED, text: '<@U00VERA> and\non a Mac?' }, thread)).toBe(
    'where is the <VPN> guide? and on a Mac?',
  )
})

test('the query of a long question is its end, where people ask', () => {
  const text = `${'x'.repeat(QUERY_LIMIT_CHARS)} where is it?`
  const query = toQuery({ ...ASKED, text }, [])
  expect(query).toHaveLength(QUERY_LIMIT_CHARS)
  expect(query).toMatch(/x where is it\?$/)
})
