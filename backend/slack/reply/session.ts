import { TimedOut } from '../../deadline.ts'
import { isUnsupported } from '../api/error-codes.ts'
import { retryWrite } from '../api/retry.ts'
import type { ReplyContext } from './reply-context.ts'

/** Slack writes the assistant's name before it. */
const STATUS = 'is looking it up…'

/** Tries of a status that Slack does not answer: 15.5 s of pauses. After them an apology sets it. */
export const STATUS_TRIES = 6

/** The agent session of a thread. A stream keeps its status by itself; without one we set it. */
export interface Session {
  /** Shows people that somebody is at work, and a Stop button. */
  setProcessing(): void
  /** Call it whatever else has failed. Throws if Slack does not confirm it before the invocation ends. */
  setActive(): Promise<void>
  /** `setActive`, if `setProcessing` was called. */
  endIfStarted(): Promise<void>
}

/** https://docs.slack.dev/ai/agent-sessions */
export function createSession({ slack, clock, to, unsupported, until }: ReplyContext): Session {
  const thread = { channel_id: to.channel, thread_ts: to.threadTs }
  let processing: Promise<unknown> | undefined

  const setStatus = (status: 'processing' | 'active') =>
    slack.mutate((client) => client.agents.sessions.setStatus({ ...thread, status }))
  // Adds words of ours, and works if sessions are refused. Slack ends this method about February 2027.
  const setWords = (status: string) =>
    slack.mutate((client) => client.assistant.threads.setStatus({ ...thread, status }))

  async function startSession(): Promise<void> {
    const started = await setStatus('processing')
    if (started.outcome === 'refused' && isUnsupported(started.code)) unsupported.add('sessions')
  }

  async function setActive(): Promise<void> {
    await processing
    const limits = { clock, until, tries: STATUS_TRIES }
    const [ended] = await Promise.all([
      unsupported.has('sessions') ? undefined : retryWrite(limits, () => setStatus('active')),
      // Slack removes the words when a message is posted, but not when one is updated.
      processing && retryWrite(limits, () => setWords('')),
    ])
    if (ended?.outcome === 'wait' || ended?.outcome === 'unknown')
      throw new TimedOut('Slack does not say that the session is active')
  }

  return {
    setProcessing() {
      processing ??= Promise.all([unsupported.has('sessions') ? undefined : startSession(), setWords(STATUS)])
    },
    setActive,
    async endIfStarted() {
      if (processing) await setActive()
    },
  }
}
