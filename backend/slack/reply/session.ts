import { TimedOut } from '../../deadline.ts'
import { isUnsupported } from '../api/error-codes.ts'
import { retryWrite } from '../api/retry.ts'
import type { ReplyContext } from './message.ts'

/** Slack puts the assistant's name before it. */
const WORDS = 'is looking it up…'

/** How often a status without an answer is set, in a quarter of a minute; an apology does it later. */
const TRIES = 6

/** The agent session of a thread, where no stream keeps its status by itself. */
export interface Session {
  /** People see that somebody is at work, and a Stop button. */
  setProcessing(): void
  /** To be called whatever else has failed. Throws where Slack does not let it be done before the invocation ends. */
  setActive(): Promise<void>
  /** The same, where `busy` was called. */
  endIfStarted(): Promise<void>
}

/** https://docs.slack.dev/ai/agent-sessions */
export function createSession({ slack, clock, to, unsupported, until }: ReplyContext): Session {
  const thread = { channel_id: to.channel, thread_ts: to.threadTs }
  let begun: Promise<unknown> | undefined

  const set = (status: 'processing' | 'active') =>
    slack.mutate((client) => client.agents.sessions.setStatus({ ...thread, status }))
  // Slack ends this method about February 2027; it adds words, and is all there is where sessions are refused.
  const say = (status: string) =>
    slack.mutate((client) => client.assistant.threads.setStatus({ ...thread, status }))

  async function process(): Promise<void> {
    const attempt = await set('processing')
    if (attempt.outcome === 'refused' && isUnsupported(attempt.code)) unsupported.add('sessions')
  }

  const session: Session = {
    setProcessing() {
      begun ??= Promise.all([unsupported.has('sessions') ? undefined : process(), say(WORDS)])
    },
    async setActive() {
      await begun
      const [attempt] = await Promise.all([
        unsupported.has('sessions')
          ? undefined
          : retryWrite({ clock, until, tries: TRIES }, () => set('active')),
        // Slack takes the words away when a message is posted, but not when one is updated.
        begun && retryWrite({ clock, until, tries: TRIES }, () => say('')),
      ])
      if (attempt?.outcome === 'wait' || attempt?.outcome === 'unknown')
        throw new TimedOut('Slack does not say that the session is active')
    },
    endIfStarted: async () => {
      if (begun) await session.setActive()
    },
  }
  return session
}
