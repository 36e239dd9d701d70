import { describe, expect, test } from 'vitest'
import { errorOf, openSlack } from './open-slack.ts'
import { channel, openStreamThread } from './stream-thread.ts'

const thread = openStreamThread()

describe('a session', () => {
  const set = (args: Record<string, unknown>) =>
    thread.client.apiCall('agents.sessions.setStatus', { channel_id: channel, ...args })

  test('falls back from processing to active after an hour', async () => {
    expect(await set({ thread_ts: thread.threadTs, status: 'processing', title: 'The guide' })).toMatchObject(
      {
        status: 'processing',
        title: 'The guide',
      },
    )
    thread.clock.advance(3_599_999)
    expect(thread.slack.session(channel, thread.threadTs)).toBe('processing')
    thread.clock.advance(1)
    expect(thread.slack.session(channel, thread.threadTs)).toBe('active')
  })

  test('refuses a missing thread, an unknown initiator, an early rename and a long name', async () => {
    expect(await errorOf(set({ status: 'active' }))).toBe('thread_ts_required')
    expect(
      await errorOf(set({ thread_ts: thread.threadTs, status: 'active', initiator_user_id: 'U00NOBODY' })),
    ).toBe('user_not_found')
    const rename = (title: string) =>
      thread.client.agents.sessions.rename({ channel_id: channel, thread_ts: thread.threadTs, title })
    expect(await errorOf(rename('A name'))).toBe('session_not_found')
    await set({ thread_ts: thread.threadTs, status: 'active' })
    expect(await errorOf(rename('a'.repeat(201)))).toBe('invalid_name')
    expect(await rename('A name')).toMatchObject({ title: 'A name' })
  })

  test('is refused with not_authorized if the app is not declared as an agent', async () => {
    const plain = await openSlack({ scopes: ['chat:write'] })
    const { ts } = plain.slack.post({ channel, user: 'U00ADA', text: 'hi' })
    const asked = { channel_id: channel, thread_ts: ts, status: 'processing' }
    expect(await errorOf(plain.client.apiCall('agents.sessions.setStatus', asked))).toBe('not_authorized')
  })

  test('shows the text of assistant.threads.setStatus for two minutes, or until a reply', async () => {
    const say = (status: string) =>
      thread.client.assistant.threads.setStatus({ channel_id: channel, thread_ts: thread.threadTs, status })
    await say('is reading')
    expect([
      thread.slack.status(channel, thread.threadTs),
      thread.slack.session(channel, thread.threadTs),
    ]).toEqual(['is reading', 'processing'])
    thread.clock.advance(120_000)
    expect(thread.slack.status(channel, thread.threadTs)).toBe('')
    await say('is writing')
    await thread.client.chat.postMessage({ channel, thread_ts: thread.threadTs, text: 'Here.' })
    expect(thread.slack.status(channel, thread.threadTs)).toBe('')
    await say('')
    expect(thread.slack.session(channel, thread.threadTs)).toBe('active')
  })
})
