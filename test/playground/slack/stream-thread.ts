import type { AnyChunk } from '@slack/types'
import { beforeEach } from 'vitest'
import type { ThreadMessage } from '../../../playground/slack/thread-view.ts'
import { createFakeClock, type FakeClock } from '../fake-clock.ts'
import { openSlack, type TestSlack } from './open-slack.ts'

export const channel = 'C00GENERAL'
export const recipient = { recipient_user_id: 'U00ADA', recipient_team_id: 'T00FAKE' }

export const step = (chunk: Partial<Record<string, unknown>> = {}) =>
  ({ type: 'task_update', id: '1', title: 'Reading', status: 'in_progress', ...chunk }) as AnyChunk
export const text = (words: string): AnyChunk => ({ type: 'markdown_text', text: words }) as AnyChunk

/** A simulated Slack with a thread that mentions the app, new for each test. */
export interface StreamThread extends TestSlack {
  clock: FakeClock
  threadTs: string
  start(args?: { markdown_text?: string; chunks?: AnyChunk[] }): Promise<{ channel: string; ts: string }>
  /** The newest message of the thread. */
  shown(): ThreadMessage | undefined
}

/** Opens the thread before each test of the calling file. */
export function openStreamThread(): StreamThread {
  const thread = {} as StreamThread
  beforeEach(async () => {
    const clock = createFakeClock()
    const opened = await openSlack({ clock })
    const { ts: threadTs } = opened.slack.post({ channel, user: 'U00ADA', text: '@Vera where is the guide?' })
    Object.assign(thread, opened, {
      clock,
      threadTs,
      async start(args = {}) {
        const asked = { channel, thread_ts: threadTs, ...recipient, ...args }
        const { ts = '' } = await opened.client.chat.startStream(asked)
        return { channel, ts }
      },
      shown: () => opened.slack.thread(channel, threadTs).at(-1),
    } satisfies Partial<StreamThread>)
  })
  return thread
}
