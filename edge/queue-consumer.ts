import type { Handoff } from '../backend/handoff.ts'
import { type Bindings, missingSettings } from './bindings.ts'
import { createInvoke, type Invoke, InvokeFailed } from './invoke.ts'
import { idsOf, writeLog } from './log.ts'

/** As `max_retries` in wrangler.toml: with the delays below about 20 hours, inside the 24 that the Free plan keeps a message. */
export const MAX_RETRIES = 85

const FIRST_DELAY_SECONDS = 10
/** Soon enough after an outage, and few enough operations during one. */
const LONGEST_DELAY_SECONDS = 900

/** How many invokes one batch has under way: a Worker may wait for six connections at once. */
const LANES = 6

/** How long a handoff waits after its `attempts`-th failed delivery, counted from 1: 10 s, tripling to 15 minutes. */
export function delaySeconds(attempts: number): number {
  return Math.min(FIRST_DELAY_SECONDS * 3 ** (attempts - 1), LONGEST_DELAY_SECONDS)
}

/**
 * The queue's consumer: invokes the function with every handoff as it was sent, so that its `receivedAt` tells its age.
 * What Lambda does not take waits again, each for itself, and lies in the dead-letter queue after MAX_RETRIES.
 * https://developers.cloudflare.com/queues/configuration/batching-retries
 */
export function createQueueConsumer({ now, fetch }: { now: () => number; fetch: typeof globalThis.fetch }) {
  let invoke: Invoke | undefined

  return async (batch: MessageBatch<Handoff>, env: Bindings): Promise<void> => {
    const missing = missingSettings(env)
    if (missing.length > 0) writeLog('redelivery', { outcome: 'misconfigured', missing })
    else invoke ??= createInvoke(env, fetch)

    const messages = batch.messages.values()
    const lane = async () => {
      for (const message of messages) await deliver(message)
    }
    await Promise.all(Array.from({ length: LANES }, lane))
  }

  async function deliver(message: Message<Handoff>): Promise<void> {
    const { body: handoff, attempts } = message
    const line = { ...idsOf(handoff), attempts, ageMs: now() - handoff.receivedAt }
    try {
      if (!invoke) throw new InvokeFailed(0)
      await invoke(handoff)
      message.ack()
      writeLog('redelivery', { outcome: 'invoked', ...line })
    } catch (error) {
      const status = error instanceof InvokeFailed ? error.status : 0
      message.retry({ delaySeconds: delaySeconds(attempts) })
      writeLog('redelivery', {
        outcome: attempts > MAX_RETRIES ? 'dead_lettered' : 'waiting',
        ...line,
        status,
      })
    }
  }
}
