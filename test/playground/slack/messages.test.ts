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
