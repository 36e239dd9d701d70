import { describe, expect, test } from 'vitest'
import { errorOf, openSlack } from './open-slack.ts'

const channel = 'C00GENERAL'

describe('a post', () => {
  test.each([
    ['no_text', {}],
    ['no_text', { text: '' }],
    ['markdown_text_conflict', { text: 'a', markdown_text: 'b' }],
    ['markdown_text_conflict', { blocks: [{ type: 'divider' }], markdown_text: 'b' }],
    ['msg_too_long', { markdown_text: 'a'.repeat(12_001) }],
    ['invalid_metadata_format', { text: 'a', metadata: { event_type: 'turn' } }],
    ['cannot_reply_to_message', { text: 'a', thread_ts: '1700000000.000001' }],
    ['channel_not_found', { text: 'a', channel: '#general' }],
  ])('is refused with %s: %o', async (error, args) => {
    const { client } = await openSlack()
    for (const method of [
      'chat.postMessage',
      ...(error === 'no_text' || error === 'markdown_text_conflict' ? ['chat.postEphemeral'] : []),
    ]) {
      expect(await errorOf(client.apiCall(method, { channel, user: 'U00ADA', ...args }))).toBe(error)
    }
  })

  test('of more than 40,000 characters is cut', async () => {
    const { client } = await openSlack()
    const { message } = await client.chat.postMessage({ channel, text: 'a'.repeat(40_001) })
    expect(message?.text).toHaveLength(40_000)
  })

  test("to a person's id goes to their direct message", async () => {
    const { client } = await openSlack()
    expect(await client.chat.postMessage({ channel: 'U00GRACE', text: 'hi' })).toMatchObject({
      channel: 'D00GRACE',
    })
    expect(await client.conversations.open({ users: 'U00LINUS' })).toMatchObject({
      channel: { id: 'D00LINUS' },
    })
  })

  test('to a private channel without the app is channel_not_found', async () => {
    const { slack, client } = await openSlack()
    slack.addChannel({ name: 'board', kind: 'group', members: ['U00ADA'], withoutApp: true })
    slack.addChannel({ name: 'open', members: ['U00ADA'], withoutApp: true })
    expect(await errorOf(client.chat.postMessage({ channel: 'C00BOARD', text: 'hi' }))).toBe(
      'channel_not_found',
    )
    expect(await errorOf(client.chat.postMessage({ channel: 'C00OPEN', text: 'hi' }))).toBe('not_in_channel')
    expect(await errorOf(client.conversations.history({ channel: 'C00OPEN' }))).toBe('not_in_channel')
  })

  test('that is ephemeral is seen by one member only', async () => {
    const { slack, client } = await openSlack()
    const { ts } = slack.post({ channel, user: 'U00ADA', text: 'hi' })
    const shown = { channel, thread_ts: ts, text: 'only you' }
    expect(await errorOf(client.chat.postEphemeral({ ...shown, user: 'U00NOBODY' }))).toBe(
      'user_not_in_channel',
    )
    await client.chat.postEphemeral({ ...shown, user: 'U00ADA' })
    expect(slack.thread(channel, ts).at(-1)).toMatchObject({ text: 'only you', ephemeralTo: 'U00ADA' })
    slack.post({ channel, user: 'U00GRACE', text: 'for all', threadTs: ts })
    expect((await client.conversations.replies({ channel, ts })).messages).toMatchObject([
      { text: 'hi', reply_count: 1, reply_users: ['U00GRACE'] },
      { text: 'for all' },
    ])
  })
})

describe('a change', () => {
  test('by chat.update may have 4,000 bytes of text, and keeps blocks that it does not mention', async () => {
    const { slack, client } = await openSlack()
    const { ts = '' } = await client.chat.postMessage({ channel, text: 'a', blocks: [{ type: 'divider' }] })
    expect(await errorOf(client.chat.update({ channel, ts, text: 'é'.repeat(2_001) }))).toBe('msg_too_long')
    await client.chat.update({ channel, ts, text: 'é'.repeat(2_000) })
    expect(slack.thread(channel, ts)[0]).toMatchObject({ blocks: [{ type: 'divider' }], edited: true })
    expect(await errorOf(client.apiCall('chat.update', { channel, ts }))).toBe('no_text')
  })

  test("of another person's message or of an unknown message is refused", async () => {
    const { slack, client } = await openSlack()
    const { ts } = slack.post({ channel, user: 'U00ADA', text: 'mine' })
    expect(await errorOf(client.chat.update({ channel, ts, text: 'yours' }))).toBe('cant_update_message')
    expect(await errorOf(client.chat.delete({ channel, ts }))).toBe('cant_delete_message')
    expect(await errorOf(client.chat.delete({ channel, ts: '1.000001' }))).toBe('message_not_found')
    expect(await errorOf(client.chat.getPermalink({ channel, message_ts: '1.000001' }))).toBe(
      'message_not_found',
    )
  })

  test('by reactions.add and remove is refused if repeated, misnamed or without a message', async () => {
    const { slack, client } = await openSlack()
    const { ts: timestamp } = slack.post({ channel, user: 'U00ADA', text: 'hi' })
    const eyes = { channel, timestamp, name: 'eyes' }
    await client.reactions.add(eyes)
    expect(slack.thread(channel, timestamp)[0]?.reactions).toEqual({ eyes: ['U00VERA'] })
    expect(await errorOf(client.reactions.add(eyes))).toBe('already_reacted')
    expect(await errorOf(client.reactions.add({ ...eyes, name: ':eyes:' }))).toBe('invalid_name')
    await client.reactions.remove(eyes)
    expect(await errorOf(client.reactions.remove(eyes))).toBe('no_reaction')
    expect(await errorOf(client.reactions.add({ ...eyes, timestamp: '1.000001' }))).toBe('message_not_found')
  })
})

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

describe('the workspace', () => {
  test('has people, guests, people of other companies, and apps', async () => {
    const { slack, client } = await openSlack()
    slack.addUser({ name: 'zoe', teamId: 'T00OTHER' })
    slack.addUser({ name: 'gast', guest: true })
    slack.addUser({ name: 'robot', bot: true })
    expect(await client.users.info({ user: 'U00ADA' })).toMatchObject({
      user: { real_name: 'Ada Fake', team_id: 'T00FAKE', is_bot: false, is_restricted: false },
    })
    expect(await client.users.info({ user: 'U00ZOE' })).toMatchObject({
      user: { team_id: 'T00OTHER', is_stranger: true },
    })
    expect(await client.users.info({ user: 'U00GAST' })).toMatchObject({ user: { is_restricted: true } })
    expect(await client.bots.info({ bot: 'B00ROBOT' })).toMatchObject({
      bot: { app_id: 'A00ROBOT', user_id: 'U00ROBOT' },
    })
    expect(await errorOf(client.users.info({ user: 'U00NOBODY' }))).toBe('user_not_found')
    expect(await errorOf(client.bots.info({ bot: 'B00NOBODY' }))).toBe('bot_not_found')
    expect((await client.users.list({})).members).toHaveLength(7)
  })

  test('has the app, the team, channels and user groups', async () => {
    const { client } = await openSlack()
    expect(await client.auth.test()).toMatchObject({
      team_id: 'T00FAKE',
      user_id: 'U00VERA',
      bot_id: 'B00VERA',
    })
    expect(await client.team.info()).toMatchObject({ team: { id: 'T00FAKE' } })
    expect(await client.conversations.info({ channel: 'C00PRIVATE' })).toMatchObject({
      channel: { is_private: true, is_group: true },
    })
    expect(await client.conversations.info({ channel: 'D00ADA' })).toMatchObject({
      channel: { is_im: true, user: 'U00ADA' },
    })
    expect((await client.conversations.members({ channel })).members).toEqual([
      'U00ADA',
      'U00GRACE',
      'U00LINUS',
      'U00VERA',
    ])
    expect(await client.usergroups.list({ include_users: true })).toMatchObject({
      usergroups: [{ id: 'S00HELPDESK', users: ['U00GRACE'] }],
    })
  })
})

describe('views', () => {
  const home = {
    type: 'home' as const,
    blocks: [{ type: 'section', text: { type: 'mrkdwn', text: 'Hello' } }],
  }

  test('are published as a home tab, and opened as a modal only with a fresh trigger', async () => {
    const { slack, client } = await openSlack()
    await client.views.publish({ user_id: 'U00ADA', view: home })
    expect(slack.views.homes.get('U00ADA')?.view).toEqual(home)
    expect(await errorOf(client.views.publish({ user_id: 'U00ADA', view: home, hash: 'old' }))).toBe(
      'hash_conflict',
    )
    const misplaced = { type: 'home', blocks: [{ type: 'markdown', text: '**hi**' }] }
    expect(await errorOf(client.apiCall('views.publish', { user_id: 'U00ADA', view: misplaced }))).toBe(
      'invalid_arguments',
    )
    expect(
      await errorOf(client.apiCall('views.open', { trigger_id: '1', view: { ...home, type: 'modal' } })),
    ).toBe('invalid_trigger_id')
  })
})
