import { describe, expect, test } from 'vitest'
import { errorOf, openSlack } from './open-slack.ts'

const channel = 'C00GENERAL'

describe('a thread', () => {
  test('is read from any of its messages: in pages, the root first, then replies by age', async () => {
    const { slack, client } = await openSlack()
    const { ts } = slack.post({ channel, user: 'U00ADA', text: 'a & b < c' })
    const replies = ['1', '2', '3'].map(
      (text) => slack.post({ channel, user: 'U00GRACE', text, threadTs: ts }).ts,
    )
    const first = await client.conversations.replies({ channel, ts: replies[1] ?? '', limit: 2 })
    expect(first).toMatchObject({
      has_more: true,
      messages: [
        { text: 'a &amp; b &lt; c', reply_count: 3, latest_reply: replies[2], thread_ts: ts },
        { text: '1', parent_user_id: 'U00ADA' },
      ],
    })
    const rest = await client.conversations.replies({
      channel,
      ts,
      limit: 2,
      cursor: first.response_metadata?.next_cursor ?? '',
    })
    expect(rest).toMatchObject({ has_more: false, messages: [{ text: '2' }, { text: '3' }] })
    const after = await client.conversations.replies({ channel, ts, oldest: replies[1] ?? '' })
    expect(after.messages?.map(({ text }) => text)).toEqual(['a &amp; b &lt; c', '3'])
    const upTo = await client.conversations.replies({
      channel,
      ts,
      latest: replies[1] ?? '',
      inclusive: true,
    })
    expect(upTo.messages?.map(({ text }) => text)).toEqual(['a &amp; b &lt; c', '1', '2'])
    expect(await errorOf(client.conversations.replies({ channel, ts: '1.000001' }))).toBe('thread_not_found')
  })

  test('is read with metadata only if asked for', async () => {
    const { client } = await openSlack()
    const metadata = { event_type: 'turn', event_payload: { id: '1' } }
    const { ts = '' } = await client.chat.postMessage({ channel, text: 'hi', metadata })
    expect((await client.conversations.replies({ channel, ts })).messages?.[0]).not.toHaveProperty('metadata')
    expect(
      (await client.conversations.replies({ channel, ts, include_all_metadata: true })).messages,
    ).toMatchObject([{ metadata }])
  })

  test('is read without deleted replies, and with a tombstone for a deleted root', async () => {
    const { slack, client } = await openSlack()
    const { ts } = slack.post({ channel, user: 'U00ADA', text: 'root' })
    const gone = slack.post({ channel, user: 'U00ADA', text: 'gone', threadTs: ts })
    slack.post({ channel, user: 'U00ADA', text: 'stays', threadTs: ts })
    slack.delete({ channel, ts: gone.ts })
    slack.delete({ channel, ts })
    expect((await client.conversations.replies({ channel, ts })).messages).toMatchObject([
      { subtype: 'tombstone', reply_count: 1 },
      { text: 'stays' },
    ])
  })

  test('is read in conversations.history as its root and broadcasts, newest first', async () => {
    const { slack, client } = await openSlack()
    const { ts } = slack.post({ channel, user: 'U00ADA', text: 'root' })
    slack.post({ channel, user: 'U00ADA', text: 'inside', threadTs: ts })
    slack.post({ channel, user: 'U00ADA', text: 'for all', threadTs: ts, broadcast: true })
    expect((await client.conversations.history({ channel })).messages).toMatchObject([
      { text: 'for all', subtype: 'thread_broadcast' },
      { text: 'root' },
    ])
  })
})
