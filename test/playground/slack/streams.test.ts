import type { AnyChunk } from '@slack/types'
import { beforeEach, describe, expect, test } from 'vitest'
import { defaultLimits } from '../../../playground/slack/limits.ts'
import { createFakeClock, type FakeClock } from '../fake-clock.ts'
import { errorOf, openSlack, type TestSlack } from './open-slack.ts'

const recipient = { recipient_user_id: 'U00ADA', recipient_team_id: 'T00FAKE' }
const channel = 'C00GENERAL'
const step = (chunk: Partial<Record<string, unknown>> = {}) =>
  ({ type: 'task_update', id: '1', title: 'Reading', status: 'in_progress', ...chunk }) as AnyChunk
const text = (words: string): AnyChunk => ({ type: 'markdown_text', text: words }) as AnyChunk

let clock: FakeClock
let opened: TestSlack
let threadTs: string

beforeEach(async () => {
  clock = createFakeClock()
  opened = await openSlack({ clock })
  threadTs = opened.slack.post({ channel, user: 'U00ADA', text: '@Vera where is the guide?' }).ts
})

async function start(args: { markdown_text?: string; chunks?: AnyChunk[]; channel?: string } = {}) {
  const { ts = '' } = await opened.client.chat.startStream({
    channel,
    thread_ts: threadTs,
    ...recipient,
    ...args,
  })
  return { channel, ts }
}

const shown = () => opened.slack.thread(channel, threadTs).at(-1)

describe('a stream', () => {
  test('shows its text and steps until it is stopped with blocks and metadata', async () => {
    const { client, slack } = opened
    const sources = [{ type: 'url', url: 'https://fake.example/guide', text: 'Guide' }]
    const stream = await start({ chunks: [step({ sources })] })
    expect(slack.session(channel, threadTs)).toBe('processing')
    await client.chat.appendStream({
      ...stream,
      chunks: [text('Under **IT**'), step({ status: 'complete', title: 'Read', details: 'a' })],
    })
    await client.chat.appendStream({
      ...stream,
      chunks: [step({ status: 'complete', title: 'Read', details: 'b', output: 'c' })],
    })
    await client.chat.appendStream({ ...stream, markdown_text: ' & more' })
    expect(shown()).toMatchObject({
      streaming: 'in_progress',
      markdown: 'Under **IT** & more',
      text: 'Under *IT* &amp; more',
    })
    expect(shown()?.tasks).toEqual([
      { id: '1', title: 'Read', status: 'complete', details: 'ab', output: 'c', sources },
    ])
    const block = { type: 'context', elements: [{ type: 'mrkdwn', text: 'Sources' }] }
    const metadata = { event_type: 'turn', event_payload: { id: '1' } }
    const stopped = await client.chat.stopStream({
      ...stream,
      blocks: [block],
      metadata,
      session_status: 'suspended',
    })
    expect(stopped).toMatchObject({
      ok: true,
      channel,
      ts: stream.ts,
      message: { bot_id: 'B00VERA', app_id: 'A00FAKE' },
    })
    expect(shown()).toMatchObject({ streaming: 'completed', streamEndedBy: 'app', blocks: [block], metadata })
    expect(slack.session(channel, threadTs)).toBe('suspended')
  })

  test('sets the session to active when it is stopped, by default', async () => {
    await opened.client.chat.stopStream(await start())
    expect(opened.slack.session(channel, threadTs)).toBe('active')
  })

  test('that was stopped refuses further calls', async () => {
    const stream = await start()
    await opened.client.chat.stopStream(stream)
    expect(await errorOf(opened.client.chat.appendStream({ ...stream, markdown_text: 'more' }))).toBe(
      'message_not_in_streaming_state',
    )
    expect(await errorOf(opened.client.chat.stopStream(stream))).toBe('message_not_in_streaming_state')
  })

  test('ends by itself after its lifetime, which appends do not prolong', async () => {
    const stream = await start()
    clock.advance(defaultLimits.streamLifetimeMs - 1)
    await opened.client.chat.appendStream({ ...stream, markdown_text: 'just in time' })
    clock.advance(1)
    expect(await errorOf(opened.client.chat.appendStream({ ...stream, markdown_text: 'late' }))).toBe(
      'message_not_in_streaming_state',
    )
    expect(await errorOf(opened.client.chat.stopStream(stream))).toBe('message_not_in_streaming_state')
    expect(shown()).toMatchObject({ markdown: 'just in time', streaming: 'errored', streamEndedBy: 'time' })
    expect(opened.slack.session(channel, threadTs)).toBe('active')
  })

  test('refuses appends with stopped_by_user after the Stop button', async () => {
    const stream = await start({ markdown_text: 'so far' })
    opened.slack.pressStop({ channel, threadTs, user: 'U00ADA' })
    expect(await errorOf(opened.client.chat.appendStream({ ...stream, markdown_text: 'more' }))).toBe(
      'stopped_by_user',
    )
    expect(await errorOf(opened.client.chat.stopStream(stream))).toBe('message_not_in_streaming_state')
    expect(shown()).toMatchObject({ markdown: 'so far', streamEndedBy: 'person' })
    expect(opened.slack.session(channel, threadTs)).toBe('processing')
  })

  test('has no Stop button before its session is processing', () => {
    expect(() => opened.slack.pressStop({ channel, threadTs, user: 'U00ADA' })).toThrow('no Stop button')
  })

  test('can be changed by chat.update only after its end', async () => {
    const stream = await start({ markdown_text: 'streamed' })
    expect(await errorOf(opened.client.chat.update({ ...stream, text: 'new' }))).toBe(
      'streaming_state_conflict',
    )
    await opened.client.chat.stopStream(stream)
    await opened.client.chat.update({ ...stream, markdown_text: '**new**' })
    expect(shown()).toMatchObject({ markdown: '**new**', text: '*new*', parts: [], edited: true })
  })
})

describe('chat.startStream refuses', () => {
  test.each([
    ['invalid_thread_ts', {}],
    ['invalid_thread_ts', { thread_ts: '0' }],
    ['invalid_thread_ts', { thread_ts: '1700000000.000001' }],
    ['channel_not_found', { channel: 'C00NOWHERE' }],
  ])('with %s: %o', async (error, args) => {
    expect(await errorOf(opened.client.apiCall('chat.startStream', { channel, ...recipient, ...args }))).toBe(
      error,
    )
  })

  test.each([
    ['missing_recipient_user_id', { recipient_team_id: 'T00FAKE' }],
    ['missing_recipient_team_id', { recipient_user_id: 'U00ADA' }],
    ['user_not_found', { ...recipient, recipient_user_id: 'U00NOBODY' }],
    ['team_not_found', { ...recipient, recipient_team_id: 'T00OTHER' }],
  ])('with %s in channels and in direct messages: %o', async (error, args) => {
    const direct = opened.slack.post({ channel: 'D00ADA', user: 'U00ADA', text: 'hi' }).ts
    expect(await errorOf(opened.client.chat.startStream({ channel, thread_ts: threadTs, ...args }))).toBe(
      error,
    )
    expect(
      await errorOf(opened.client.chat.startStream({ channel: 'D00ADA', thread_ts: direct, ...args })),
    ).toBe(error)
  })

  test('the ts of a reply as a thread', async () => {
    const { ts } = opened.slack.post({ channel, user: 'U00ADA', text: 'and?', threadTs })
    expect(await errorOf(opened.client.chat.startStream({ channel, thread_ts: ts, ...recipient }))).toBe(
      'invalid_thread_ts',
    )
  })

  test('a channel without the app and an archived one', async () => {
    opened.slack.addChannel({ name: 'strange', members: ['U00ADA'], withoutApp: true })
    opened.slack.addChannel({ name: 'old', members: ['U00ADA'], archived: true })
    const into = (id: string) =>
      errorOf(opened.client.chat.startStream({ channel: id, thread_ts: threadTs, ...recipient }))
    expect(await into('C00STRANGE')).toBe('not_in_channel')
    expect(await into('C00OLD')).toBe('is_archived')
  })
})

describe('a stream refuses', () => {
  test('a call with both Markdown and chunks, and one with neither', async () => {
    const stream = await start()
    const both = { markdown_text: 'a', chunks: [text('b')] }
    expect(await errorOf(opened.client.chat.appendStream({ ...stream, ...both }))).toBe('invalid_arguments')
    expect(await errorOf(opened.client.chat.stopStream({ ...stream, ...both }))).toBe('invalid_arguments')
    expect(await errorOf(start(both))).toBe('invalid_arguments')
    expect(await errorOf(opened.client.chat.appendStream(stream))).toBe('no_text')
  })

  test('messages that are not streams of the app', async () => {
    const append = (ts: string) =>
      errorOf(opened.client.chat.appendStream({ channel, ts, markdown_text: 'more' }))
    const own = await opened.client.chat.postMessage({ channel, text: 'posted' })
    expect(await append('1700000000.000001')).toBe('message_not_found')
    expect(await append(threadTs)).toBe('message_not_owned_by_app')
    expect(await append(own.ts ?? '')).toBe('message_not_in_streaming_state')
  })

  test.each([
    { type: 'text', text: 'a' },
    { type: 'markdown_text', markdown_text: 'a' },
    { type: 'markdown_text', text: 1 },
    { type: 'task_update', id: '1', title: 'a' },
    { type: 'task_update', id: '1', title: 'a', status: 'completed' },
    { type: 'task_update', id: '1', title: 'a', status: 'complete', task: {} },
    {
      type: 'task_update',
      id: '1',
      title: 'a',
      status: 'complete',
      sources: [{ url: 'https://fake.example', text: 'a' }],
    },
    { type: 'plan_update' },
    { type: 'blocks', blocks: 'a' },
    { type: 'blocks', blocks: [{ type: 'marquee' }] },
    { type: 'blocks', blocks: Array.from({ length: 51 }, () => ({ type: 'divider' })) },
  ])('the chunk %o with invalid_chunks', async (chunk) => {
    expect(await errorOf(start({ chunks: [chunk as AnyChunk] }))).toBe('invalid_chunks')
  })

  test('a whole call if one of its chunks is wrong', async () => {
    const stream = await start({ markdown_text: 'a' })
    await errorOf(
      opened.client.chat.appendStream({ ...stream, chunks: [text('b'), { type: 'nonsense' } as never] }),
    )
    expect(shown()?.markdown).toBe('a')
  })
})

describe('a stream accepts', () => {
  test('12,000 characters of Markdown in one call, and no more', async () => {
    const lifted = await openSlack({ limits: { streamBytes: 100_000 } })
    const root = lifted.slack.post({ channel, user: 'U00ADA', text: 'hi' }).ts
    const into = (length: number) =>
      lifted.client.chat.startStream({
        channel,
        thread_ts: root,
        ...recipient,
        markdown_text: 'a'.repeat(length),
      })
    expect(await into(12_000)).toMatchObject({ ok: true })
    expect(await errorOf(into(12_001))).toBe('msg_too_long')
  })

  test('10,600 bytes in all calls of one message, and no more', async () => {
    const stream = await start({ markdown_text: 'é'.repeat(5_000) })
    await opened.client.chat.appendStream({ ...stream, markdown_text: 'a'.repeat(600) })
    expect(await errorOf(opened.client.chat.appendStream({ ...stream, markdown_text: 'a' }))).toBe(
      'msg_too_long',
    )
    expect(await errorOf(opened.client.chat.stopStream({ ...stream, markdown_text: 'a' }))).toBe(
      'msg_too_long',
    )
    expect(await opened.client.chat.stopStream(stream)).toMatchObject({ ok: true })
  })

  test('titles counted once and details counted twice', async () => {
    const stream = await start({ chunks: [step({ title: 'a'.repeat(600), details: 'b'.repeat(4_000) })] })
    await opened.client.chat.appendStream({ ...stream, markdown_text: 'c'.repeat(2_000) })
    expect(await errorOf(opened.client.chat.appendStream({ ...stream, markdown_text: 'c' }))).toBe(
      'msg_too_long',
    )
  })

  test('50 blocks in the chunks of one message, and no more', async () => {
    const dividers = (count: number) => [
      { type: 'blocks', blocks: Array.from({ length: count }, () => ({ type: 'divider' })) } as AnyChunk,
    ]
    const stream = await start({ chunks: dividers(50) })
    expect(await errorOf(opened.client.chat.appendStream({ ...stream, chunks: dividers(1) }))).toBe(
      'msg_blocks_too_many',
    )
  })
})

describe('a session', () => {
  const set = (args: Record<string, unknown>) =>
    opened.client.apiCall('agents.sessions.setStatus', { channel_id: channel, ...args })

  test('falls back from processing to active after an hour', async () => {
    expect(await set({ thread_ts: threadTs, status: 'processing', title: 'The guide' })).toMatchObject({
      status: 'processing',
      title: 'The guide',
    })
    clock.advance(3_599_999)
    expect(opened.slack.session(channel, threadTs)).toBe('processing')
    clock.advance(1)
    expect(opened.slack.session(channel, threadTs)).toBe('active')
  })

  test('refuses a missing thread, an unknown initiator, an early rename and a long name', async () => {
    expect(await errorOf(set({ status: 'active' }))).toBe('thread_ts_required')
    expect(
      await errorOf(set({ thread_ts: threadTs, status: 'active', initiator_user_id: 'U00NOBODY' })),
    ).toBe('user_not_found')
    const rename = (title: string) =>
      opened.client.agents.sessions.rename({ channel_id: channel, thread_ts: threadTs, title })
    expect(await errorOf(rename('A name'))).toBe('session_not_found')
    await set({ thread_ts: threadTs, status: 'active' })
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
      opened.client.assistant.threads.setStatus({ channel_id: channel, thread_ts: threadTs, status })
    await say('is reading')
    expect([opened.slack.status(channel, threadTs), opened.slack.session(channel, threadTs)]).toEqual([
      'is reading',
      'processing',
    ])
    clock.advance(120_000)
    expect(opened.slack.status(channel, threadTs)).toBe('')
    await say('is writing')
    await opened.client.chat.postMessage({ channel, thread_ts: threadTs, text: 'Here.' })
    expect(opened.slack.status(channel, threadTs)).toBe('')
    await say('')
    expect(opened.slack.session(channel, threadTs)).toBe('active')
  })
})
