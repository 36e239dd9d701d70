import type { Desk } from './message.ts'
import { patiently } from './patience.ts'
import { isForGood } from './refusals.ts'

/** Slack puts the assistant's name before it. */
const WORDS = 'is looking it up…'

/** The agent session of a thread, where no stream keeps its status by itself. */
export interface Session {
  /** People see that somebody is at work, and a Stop button. */
  busy(): void
  /** To be called whatever else has failed. Never rejects. */
  active(): Promise<void>
}

/** https://docs.slack.dev/ai/agent-sessions */
export function createSession({ slack, clock, to, refusals, until }: Desk): Session {
  const thread = { channel_id: to.channel, thread_ts: to.threadTs }
  let begun: Promise<unknown> | undefined

  const set = (status: 'processing' | 'active') => slack.write((client) => client.agents.sessions.setStatus({ ...thread, status }))
  // Slack ends this method about February 2027; it adds words, and is all there is where sessions are refused.
  const say = (status: string) => slack.write((client) => client.assistant.threads.setStatus({ ...thread, status }))

  async function process(): Promise<void> {
    const attempt = await set('processing')
    if (attempt.is === 'refused' && isForGood(attempt.code)) refusals.note('sessions')
  }

  return {
    busy() {
      begun ??= Promise.all([refusals.has('sessions') ? undefined : process(), say(WORDS)])
    },
    async active() {
      await begun
      if (!refusals.has('sessions')) await patiently({ clock, until }, () => set('active'))
      else if (begun) await patiently({ clock, until }, () => say(''))
    },
  }
}
