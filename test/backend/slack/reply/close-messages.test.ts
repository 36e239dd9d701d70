import { describe, expect, test } from 'vitest'
import { unwrap } from '../../../../backend/slack/api/write-result.ts'
import { closeAll } from '../../../../backend/slack/reply/close-messages.ts'
import { addContent, EMPTY_CONTENT } from '../../../../backend/slack/reply/content.ts'
import { type Message, newPost, type Post, type Stream } from '../../../../backend/slack/reply/message.ts'
import { setPost } from '../../../../backend/slack/reply/post.ts'
import { createRefusals } from '../../../../backend/slack/reply/refusals.ts'
import type { ReplyContext } from '../../../../backend/slack/reply/reply-context.ts'
import { NEW_REPLY, type ReplyState } from '../../../../backend/slack/reply/reply-state.ts'
import { startStream } from '../../../../backend/slack/reply/stream.ts'
import { createUnsupportedFeatures } from '../../../../backend/slack/reply/unsupported.ts'
import type { Fault, Faults } from '../../../../playground/calls.ts'
import { openSlackStage } from '../slack-stage.ts'

const CHANNEL = 'C00GENERAL'
const THUMBS = { sources: [], offer: 'thumbs' } as const

const refused = (error: string): Fault => ({
  kind: 'answer',
  status: 200,
  body: JSON.stringify({ ok: false, error }),
})
const asksToWait: Fault = {
  kind: 'answer',
  status: 429,
  headers: { 'retry-after': '120' },
  body: '{"ok":false,"error":"ratelimited"}',
}
const noAnswer: Fault = { kind: 'answer', status: 502 }
const failing =
  (failed: string, fault: Fault): Faults =>
  ({ method }) =>
    method === failed ? fault : undefined

/** A thread with messages of a reply that has a minute left, and a way to close them. */
async function openThread() {
  let faults: Faults = () => undefined
  const stage = await openSlackStage({ faults: () => (call) => faults(call) })
  const { slack, client, clock, calls } = stage
  const { ts: threadTs } = slack.post({ channel: CHANNEL, user: 'U00ADA', text: 'a question' })
  const context: ReplyContext = {
    slack: client,
    clock,
    to: {
      turnId: 'fake',
      attempt: 1,
      channel: CHANNEL,
      threadTs,
      ts: threadTs,
      userId: 'U00ADA',
      userTeamId: 'T00FAKE',
    },
    unsupported: createUnsupportedFeatures(clock),
    refusals: createRefusals(),
    until: clock.now() + 60_000,
    recordStream: async () => undefined,
    adoptStream: async () => true,
    holdsClaim: async () => true,
  }
  return {
    /** A stream with a confirmed text, and one that Slack may lack. */
    async stream(part: number, text: string, unconfirmed = ''): Promise<Stream> {
      const started = unwrap(await startStream(context, { text, steps: [] }))
      const content = addContent(EMPTY_CONTENT, text + unconfirmed, [])
      return { kind: 'stream', part, ...started, content, unconfirmed }
    },
    async post(part: number, text: string, unconfirmed = ''): Promise<Post> {
      const posted = addContent(EMPTY_CONTENT, text, [])
      const ts = unwrap(await setPost(context, newPost(part), posted, undefined))
      return { ...newPost(part), ts, content: addContent(posted, unconfirmed, []), unconfirmed }
    },
    /** Closes the reply. Returns what the close says and which calls it made. */
    async close(messages: Partial<ReplyState>, given: Faults = () => undefined) {
      faults = given
      const before = calls.all.length
      const state = { ...NEW_REPLY, parts: 2, ...messages }
      const closed = await stage.run(closeAll(context, state, THUMBS))
      return { isActive: closed, methods: calls.all.slice(before).map(({ method }) => method) }
    },
    /** The replies as people see them, and their marks. */
    seen: () =>
      slack
        .thread(CHANNEL, threadTs)
        .slice(1)
        .map(({ markdown, streaming, blocks, metadata }) => ({
          text: markdown,
          isWritten: streaming === 'in_progress',
          hasThumbs: blocks.some(({ type }) => type === 'context_actions'),
          mark: (metadata?.event_payload as { part: number; state: string } | undefined) ?? 'none',
        })),
  }
}

const ended = (part: number) => expect.objectContaining({ part, state: 'ended' })
const closed = (part: number) => expect.objectContaining({ part, state: 'closed' })

describe('closing a reply', () => {
  test('stops its stream with the footer, which leaves the session active', async () => {
    const thread = await openThread()
    const message = await thread.stream(0, 'one')
    expect(await thread.close({ message })).toEqual({ isActive: true, methods: ['chat.stopStream'] })
    expect(thread.seen()).toEqual([{ text: 'one', isWritten: false, hasThumbs: true, mark: ended(0) }])
  })

  test('updates its post with the footer, which says nothing about the session', async () => {
    const thread = await openThread()
    const message = await thread.post(0, 'one')
    expect(await thread.close({ message })).toEqual({ isActive: false, methods: ['chat.update'] })
    expect(thread.seen()).toEqual([{ text: 'one', isWritten: false, hasThumbs: true, mark: ended(0) }])
  })

  test('does nothing to a post that has its footer', async () => {
    const thread = await openThread()
    const message = { ...(await thread.post(0, 'one')), closing: { footer: THUMBS } }
    expect(await thread.close({ message })).toEqual({ isActive: false, methods: [] })
  })

  test('adds the footer to a post that was closed as one that text follows', async () => {
    const thread = await openThread()
    const previous = { ...(await thread.post(0, 'one')), closing: { footer: undefined } }
    expect((await thread.close({ previous })).methods).toEqual(['chat.update'])
    expect(thread.seen()).toMatchObject([{ hasThumbs: true, mark: ended(0) }])
  })

  test('of which nothing was written does nothing', async () => {
    const thread = await openThread()
    expect(await thread.close({})).toEqual({ isActive: false, methods: [] })
  })

  test('closes what is left open before the last message, which alone gets the footer', async () => {
    const thread = await openThread()
    const unclosed = [await thread.stream(0, 'one')]
    const message = await thread.stream(1, 'two')
    await thread.close({ unclosed, message })
    expect(thread.seen()).toEqual([
      { text: 'one', isWritten: false, hasThumbs: false, mark: closed(0) },
      { text: 'two', isWritten: false, hasThumbs: true, mark: ended(1) },
    ])
  })

  test('closes a message once that is left open and also the last', async () => {
    const thread = await openThread()
    const previous = await thread.stream(0, 'one')
    const { methods } = await thread.close({ unclosed: [previous], previous })
    expect(methods).toEqual(['chat.stopStream'])
    expect(thread.seen()).toMatchObject([{ hasThumbs: true }])
  })

  test('does not take a stream for closed whose stop has no answer, though text follows it', async () => {
    const thread = await openThread()
    const unclosed = [await thread.stream(0, 'one')]
    const message = await thread.stream(1, 'two')
    let stops = 0
    await thread.close({ unclosed, message }, ({ method }) =>
      method === 'chat.stopStream' && ++stops <= 3 ? noAnswer : undefined,
    )
    expect(thread.seen()).toMatchObject([
      { isWritten: false, mark: closed(0) },
      { isWritten: false, mark: ended(1) },
    ])
  })

  test('sets the whole text of a stream if an append was not confirmed', async () => {
    const thread = await openThread()
    const message = await thread.stream(0, 'one', ' two')
    expect((await thread.close({ message })).methods).toEqual(['chat.stopStream', 'chat.update'])
    expect(thread.seen()).toEqual([{ text: 'one two', isWritten: false, hasThumbs: true, mark: ended(0) }])
  })

  test.each<[string, (thread: Awaited<ReturnType<typeof openThread>>) => Promise<Message>]>([
    ['a stream', (thread) => thread.stream(0, 'one', ' two')],
    ['a post', (thread) => thread.post(0, 'one', ' two')],
  ])('posts what %s lacks if it can no longer be edited, with the footer', async (_, make) => {
    const thread = await openThread()
    const message = await make(thread)
    await thread.close({ message }, failing('chat.update', refused('edit_window_closed')))
    expect(thread.seen()).toMatchObject([
      { text: 'one' },
      { text: ' two', isWritten: false, hasThumbs: true, mark: ended(2) },
    ])
  })

  test('numbers the messages that hold missing text', async () => {
    const thread = await openThread()
    const unclosed = [await thread.post(0, 'one', ' two')]
    const message = await thread.post(1, 'three', ' four')
    await thread.close({ unclosed, message }, failing('chat.update', refused('edit_window_closed')))
    expect(thread.seen().slice(2)).toEqual([
      { text: ' two', isWritten: false, hasThumbs: false, mark: closed(2) },
      { text: ' four', isWritten: false, hasThumbs: true, mark: ended(3) },
    ])
  })

  test('adds the footer by an update if the stream takes no blocks', async () => {
    const thread = await openThread()
    const message = await thread.stream(0, 'one')
    const { methods } = await thread.close({ message }, ({ method, args }) =>
      method === 'chat.stopStream' && args.blocks ? refused('invalid_blocks') : undefined,
    )
    expect(methods).toEqual(['chat.stopStream', 'chat.stopStream', 'chat.update'])
    expect(thread.seen()).toEqual([{ text: 'one', isWritten: false, hasThumbs: true, mark: ended(0) }])
  })

  test('stops a stream again if Slack refuses an update because it still holds it', async () => {
    const thread = await openThread()
    const message = await thread.stream(0, 'one')
    let stops = 0
    const { methods, isActive } = await thread.close({ message }, ({ method }) =>
      method === 'chat.stopStream' && ++stops <= 3 ? noAnswer : undefined,
    )
    const stop = 'chat.stopStream'
    expect(methods).toEqual([stop, stop, stop, 'chat.update', stop, 'chat.update'])
    expect(isActive).toBe(true)
    expect(thread.seen()).toEqual([{ text: 'one', isWritten: false, hasThumbs: true, mark: ended(0) }])
  })

  test('says nothing of a footer that Slack does not confirm', async () => {
    const thread = await openThread()
    const message = await thread.post(0, 'one')
    const { isActive } = await thread.close({ message }, failing('chat.update', noAnswer))
    expect(isActive).toBe(false)
  })
})

describe('closing a reply fails', () => {
  test('if people see it being written for ever', async () => {
    const thread = await openThread()
    const message = await thread.stream(0, 'one')
    await expect(thread.close({ message }, failing('chat.stopStream', asksToWait))).rejects.toThrow(
      'Slack does not let the reply be ended',
    )
  })

  test('if it may lack text and Slack does not say', async () => {
    const thread = await openThread()
    const message = await thread.post(0, 'one', ' two')
    await expect(thread.close({ message }, failing('chat.update', noAnswer))).rejects.toThrow(
      'Slack does not say whether all of the reply is there',
    )
  })

  test('if the missing text cannot be posted in time', async () => {
    const thread = await openThread()
    const message = await thread.post(0, 'one', ' two')
    const edit = failing('chat.update', refused('edit_window_closed'))
    const post = failing('chat.postMessage', asksToWait)
    const faults: Faults = (call) => edit(call) ?? post(call)
    await expect(thread.close({ message }, faults)).rejects.toThrow(
      'the end of the reply could not be posted',
    )
  })
})
