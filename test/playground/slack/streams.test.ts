import type { AnyChunk } from '@slack/types'
import { describe, expect, test } from 'vitest'
import { defaultLimits } from '../../../playground/slack/limits.ts'
import { errorOf } from './open-slack.ts'
import { channel, openStreamThread, recipient, step, text } from './stream-thread.ts'

const thread = openStreamThread()

describe('a stream', () => {
  test('shows its text and steps until it is stopped with blocks and metadata', async () => {
    const { client, slack } = thread
    const sources = [{ type: 'url', url: 'https://fake.example/guide', text: 'Guide' }]
    const stream = await thread.start({ chunks: [step({ sources })] })
    expect(slack.session(channel, thread.threadTs)).toBe('processing')
    await client.chat.appendStream({
      ...stream,
      chunks: [text('Under **IT**'), step({ status: 'complete', title: 'Read', details: 'a' })],
    })
    await client.chat.appendStream({
      ...stream,
      chunks: [step({ status: 'complete', title: 'Read', details: 'b', output: 'c' })],
    })
    await client.chat.appendStream({ ...stream, markdown_text: ' & more' })
    expect(thread.shown()).toMatchObject({
      streaming: 'in_progress',
      markdown: 'Under **IT** & more',
      text: 'Under *IT* &amp; more',
    })
    expect(thread.shown()?.tasks).toEqual([
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
    expect(thread.shown()).toMatchObject({
      streaming: 'completed',
      streamEndedBy: 'app',
      blocks: [block],
      metadata,
    })
    expect(slack.session(channel, thread.threadTs)).toBe('suspended')
  })

  test('sets the session to active when it is stopped, by default', async () => {
    await thread.client.chat.stopStream(await thread.start())
    expect(thread.slack.session(channel, thread.threadTs)).toBe('active')
  })

  test('that was stopped refuses further calls', async () => {
    const stream = await thread.start()
    await thread.client.chat.stopStream(stream)
    expect(await errorOf(thread.client.chat.appendStream({ ...stream, markdown_text: 'more' }))).toBe(
      'message_not_in_streaming_state',
    )
    expect(await errorOf(thread.client.chat.stopStream(stream))).toBe('message_not_in_streaming_state')
  })

  test('ends by itself after its lifetime, which appends do not prolong', async () => {
    const stream = await thread.start()
    thread.clock.advance(defaultLimits.streamLifetimeMs - 1)
    await thread.client.chat.appendStream({ ...stream, markdown_text: 'just in time' })
    thread.clock.advance(1)
    expect(await errorOf(thread.client.chat.appendStream({ ...stream, markdown_text: 'late' }))).toBe(
      'message_not_in_streaming_state',
    )
    expect(await errorOf(thread.client.chat.stopStream(stream))).toBe('message_not_in_streaming_state')
    expect(thread.shown()).toMatchObject({
      markdown: 'just in time',
      streaming: 'errored',
      streamEndedBy: 'time',
    })
    expect(thread.slack.session(channel, thread.threadTs)).toBe('active')
  })

  test('refuses appends with stopped_by_user after the Stop button', async () => {
    const stream = await thread.start({ markdown_text: 'so far' })
    thread.slack.pressStop({ channel, threadTs: thread.threadTs, user: 'U00ADA' })
    expect(await errorOf(thread.client.chat.appendStream({ ...stream, markdown_text: 'more' }))).toBe(
      'stopped_by_user',
    )
    expect(await errorOf(thread.client.chat.stopStream(stream))).toBe('message_not_in_streaming_state')
    expect(thread.shown()).toMatchObject({ markdown: 'so far', streamEndedBy: 'person' })
    expect(thread.slack.session(channel, thread.threadTs)).toBe('processing')
  })

  test('has no Stop button before its session is processing', () => {
    expect(() => thread.slack.pressStop({ channel, threadTs: thread.threadTs, user: 'U00ADA' })).toThrow(
      'no Stop button',
    )
  })

  test('can be changed by chat.update only after its end', async () => {
    const stream = await thread.start({ markdown_text: 'streamed' })
    expect(await errorOf(thread.client.chat.update({ ...stream, text: 'new' }))).toBe(
      'streaming_state_conflict',
    )
    await thread.client.chat.stopStream(stream)
    await thread.client.chat.update({ ...stream, markdown_text: '**new**' })
    expect(thread.shown()).toMatchObject({ markdown: '**new**', text: '*new*', parts: [], edited: true })
  })
})

describe('chat.startStream refuses', () => {
  test.each([
    ['invalid_thread_ts', {}],
    ['invalid_thread_ts', { thread_ts: '0' }],
    ['invalid_thread_ts', { thread_ts: '1700000000.000001' }],
    ['channel_not_found', { channel: 'C00NOWHERE' }],
  ])('with %s: %o', async (error, args) => {
    expect(await errorOf(thread.client.apiCall('chat.startStream', { channel, ...recipient, ...args }))).toBe(
      error,
    )
  })

  test.each([
    ['missing_recipient_user_id', { recipient_team_id: 'T00FAKE' }],
    ['missing_recipient_team_id', { recipient_user_id: 'U00ADA' }],
    ['user_not_found', { ...recipient, recipient_user_id: 'U00NOBODY' }],
    ['team_not_found', { ...recipient, recipient_team_id: 'T00OTHER' }],
  ])('with %s in channels and in direct messages: %o', async (error, args) => {
    const direct = thread.slack.post({ channel: 'D00ADA', user: 'U00ADA', text: 'hi' }).ts
    expect(
      await errorOf(thread.client.chat.startStream({ channel, thread_ts: thread.threadTs, ...args })),
    ).toBe(error)
    expect(
      await errorOf(thread.client.chat.startStream({ channel: 'D00ADA', thread_ts: direct, ...args })),
    ).toBe(error)
  })

  test('the ts of a reply as a thread', async () => {
    const { ts } = thread.slack.post({ channel, user: 'U00ADA', text: 'and?', threadTs: thread.threadTs })
    expect(await errorOf(thread.client.chat.startStream({ channel, thread_ts: ts, ...recipient }))).toBe(
      'invalid_thread_ts',
    )
  })

  test('a channel without the app and an archived one', async () => {
    thread.slack.addChannel({ name: 'strange', members: ['U00ADA'], withoutApp: true })
    thread.slack.addChannel({ name: 'old', members: ['U00ADA'], archived: true })
    const into = (id: string) =>
      errorOf(thread.client.chat.startStream({ channel: id, thread_ts: thread.threadTs, ...recipient }))
    expect(await into('C00STRANGE')).toBe('not_in_channel')
    expect(await into('C00OLD')).toBe('is_archived')
  })
})

describe('a stream refuses', () => {
  test('a call with both Markdown and chunks, and one with neither', async () => {
    const stream = await thread.start()
    const both = { markdown_text: 'a', chunks: [text('b')] }
    expect(await errorOf(thread.client.chat.appendStream({ ...stream, ...both }))).toBe('invalid_arguments')
    expect(await errorOf(thread.client.chat.stopStream({ ...stream, ...both }))).toBe('invalid_arguments')
    expect(await errorOf(thread.start(both))).toBe('invalid_arguments')
    expect(await errorOf(thread.client.chat.appendStream(stream))).toBe('no_text')
  })

  test('messages that are not streams of the app', async () => {
    const append = (ts: string) =>
      errorOf(thread.client.chat.appendStream({ channel, ts, markdown_text: 'more' }))
    const own = await thread.client.chat.postMessage({ channel, text: 'posted' })
    expect(await append('1700000000.000001')).toBe('message_not_found')
    expect(await append(thread.threadTs)).toBe('message_not_owned_by_app')
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
    expect(await errorOf(thread.start({ chunks: [chunk as AnyChunk] }))).toBe('invalid_chunks')
  })

  test('a whole call if one of its chunks is wrong', async () => {
    const stream = await thread.start({ markdown_text: 'a' })
    await errorOf(
      thread.client.chat.appendStream({ ...stream, chunks: [text('b'), { type: 'nonsense' } as never] }),
    )
    expect(thread.shown()?.markdown).toBe('a')
  })
})
