import { describe, expect, test } from 'vitest'
import { toMetadata } from '../../../backend/slack/api/metadata.ts'
import { findStream, ownReplies } from '../../../backend/slack/api/own-messages.ts'
import { unwrap } from '../../../backend/slack/api/write-result.ts'
import type { Faults } from '../../../playground/calls.ts'
import { openSlackStage, type SlackStage } from './slack-stage.ts'

const CHANNEL = 'C00GENERAL'

interface Thread extends SlackStage {
  question: { channel: string; threadTs: string; ts: string }
  /** Something that the app posts in the thread. */
  say(text: string, state?: 'open' | 'ended'): Promise<string>
  startStream(): Promise<string>
  find(adopts: (ts: string) => boolean, since?: number): Promise<string | undefined>
}

/** A question in a thread, and how the app writes and searches there. */
async function openThread(faults?: Faults): Promise<Thread> {
  const stage = await openSlackStage({ ...(faults && { faults: () => faults }) })
  const { slack, client, clock } = stage
  const { ts } = slack.post({ channel: CHANNEL, user: 'U00ADA', text: 'a question' })
  const question = { channel: CHANNEL, threadTs: ts, ts }
  const metadata = (state: 'open' | 'ended') => toMetadata({ turnId: 'fake', attempt: 1, part: 0, state })
  const say: Thread['say'] = async (text, state) => {
    const arguments_ = { channel: CHANNEL, thread_ts: ts, text, ...(state && { metadata: metadata(state) }) }
    return unwrap(await client.createMessage(({ chat }) => chat.postMessage(arguments_)))
  }
  return {
    ...stage,
    question,
    say,
    async startStream() {
      const recipient = { recipient_user_id: 'U00ADA', recipient_team_id: 'T00FAKE' }
      const stream = { channel: CHANNEL, thread_ts: ts, markdown_text: 'Well', ...recipient }
      return unwrap(await client.createMessage(({ chat }) => chat.startStream(stream)))
    },
    find: (adopts, since = clock.now()) =>
      stage.run(
        findStream(
          { slack: client, clock, until: clock.now() + 60_000, adoptStream: async (one) => adopts(one) },
          question,
          since,
        ),
      ),
  }
}

describe('our replies', () => {
  test('are those after the question, newest first, without what other people say', async () => {
    const thread = await openThread()
    const { slack, client, clock, question } = thread
    await thread.say('before')
    const { ts } = slack.post({ channel: CHANNEL, user: 'U00ADA', text: 'again?', threadTs: question.ts })
    await thread.say('first')
    slack.post({ channel: CHANNEL, user: 'U00ADA', text: 'thanks', threadTs: question.ts })
    await thread.say('second')

    const search = { slack: client, clock, until: clock.now() + 60_000 }
    const replies = await thread.run(ownReplies(search, { ...question, ts }))
    expect(replies.map(({ text }) => text)).toEqual(['second', 'first'])
  })

  test('do not include the root of the thread, though it is ours', async () => {
    const { client, clock, run } = await openSlackStage()
    const ts = unwrap(
      await client.createMessage(({ chat }) =>
        chat.postMessage({ channel: CHANNEL, text: 'You asked: why?' }),
      ),
    )
    const search = { slack: client, clock, until: clock.now() + 60_000 }
    expect(await run(ownReplies(search, { channel: CHANNEL, threadTs: ts, ts }))).toEqual([])
  })

  test('are read again while Slack fails, and not beyond the time that is given', async () => {
    const { client, clock, question, run, calls } = await openThread(({ method }) =>
      method === 'conversations.replies' ? { kind: 'answer', status: 500 } : undefined,
    )
    const begunAt = clock.now()
    const search = { slack: client, clock, until: begunAt + 4_000 }
    await expect(run(ownReplies(search, question))).rejects.toThrow()
    expect(calls.all.length).toBeGreaterThan(2)
    expect(clock.now() - begunAt).toBeLessThan(4_000)
  })
})

describe('the stream whose start had no answer', () => {
  test('is the newest one that no other turn owns', async () => {
    const thread = await openThread()
    const first = await thread.startStream()
    const second = await thread.startStream()
    const third = await thread.startStream()
    expect(await thread.find(() => true)).toBe(third)
    expect(await thread.find((ts) => ts !== third)).toBe(second)
    expect(await thread.find((ts) => ts === first)).toBe(first)
    expect(await thread.find(() => false)).toBeUndefined()
  })

  test('is not one that has ended', async () => {
    const thread = await openThread()
    const ts = await thread.startStream()
    await thread.client.mutate(({ chat }) => chat.stopStream({ channel: CHANNEL, ts }))
    expect(await thread.find(() => true)).toBeUndefined()
  })

  test.each(['open', 'ended'] as const)('is not a post that is marked %s', async (state) => {
    const thread = await openThread()
    await thread.say('a post', state)
    expect(await thread.find(() => true)).toBeUndefined()
  })

  test('is not one that was there before the start, as far as the clocks agree', async () => {
    const thread = await openThread()
    const ts = await thread.startStream()
    const now = thread.clock.now()
    expect(await thread.find(() => true, now + 4_900)).toBe(ts)
    expect(await thread.find(() => true, now + 5_100)).toBeUndefined()
  })

  test('is searched for 15 s at most while the thread cannot be read', async () => {
    const thread = await openThread(({ method }) =>
      method === 'conversations.replies' ? { kind: 'answer', status: 500 } : undefined,
    )
    const begunAt = thread.clock.now()
    await expect(thread.find(() => true)).rejects.toThrow()
    expect(thread.clock.now() - begunAt).toBeLessThan(15_500)
  })

  test('is searched only when a concurrent turn has had time to record its own', async () => {
    const thread = await openThread()
    await thread.startStream()
    const startedAt = thread.clock.now()
    await thread.find(() => true)
    const reads = thread.calls.all.filter(({ method }) => method === 'conversations.replies')
    expect(reads.map(({ at }) => at - startedAt)).toEqual([500])
  })
})
