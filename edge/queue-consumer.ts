import type { Handoff } from '../backend/handoff.ts'
import { type Bindings, missingSettings } from './bindings.ts'
import { createInvoke, type Invoke, InvokeFailed } from './invoke.ts'
import { idsOf, writeLog } from './log.ts'

/**
 * Must equal `max_retries` in wrangler.toml. With the delays below, this takes about 20 hours. The Free plan
 * keeps a message for 24.
 */
export const MAX_RETRIES = 85

const FIRST_DELAY_SECONDS = 10
/** Short enough to recover soon after an outage, and long enough to need few operations during one. */
const LONGEST_DELAY_SECONDS = 900

/** Concurrent invokes in one batch. Cloudflare lets a Worker wait for six connections at once. */
const LANES = 6

/**
 * The wait after the nth failed delivery, counted from 1: 10 s, then three times longer each, up to 15
 * minutes.
 */
export function delaySeconds(attempts: number): number {
  return Math.min(FIRST_DELAY_SECONDS * 3 ** (attempts - 1), LONGEST_DELAY_SECONDS)
}

/**
 * The queue's consumer. It invokes the function with each handoff unchanged, so `receivedAt` still tells its
 * age. Each handoff that Lambda does not accept waits again. After MAX_RETRIES, Cloudflare moves it to the
 * dead-letter queue.
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
