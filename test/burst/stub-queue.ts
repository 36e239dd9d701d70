import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Handoff } from '../../backend/handoff.ts'
import { bodyOf } from './stub-lambda.ts'

/** Replaces the consumer's delays of ten seconds and more. */
const REDELIVER_AFTER_MS = 100

/**
 * The binding HANDOFFS of the edge's Worker. Its sends can fail, which Miniflare's own queue does not offer.
 */
export const PRODUCER = `
import { WorkerEntrypoint } from 'cloudflare:workers'
export default class extends WorkerEntrypoint {
  async send(handoff) {
    const answer = await fetch(this.env.QUEUE, { method: 'POST', body: JSON.stringify(handoff) })
    if (!answer.ok) throw new Error('the queue refused the message')
  }
}`

export interface QueueMessage {
  id: string
  timestamp: Date
  attempts: number
  body: Handoff
}

export interface StubQueue {
  origin: string
  /** Accepted sends, failed sends and deliveries to the consumer. */
  counts: { accepted: number; failed: number; deliveries: number }
  /** Resolves when every message was acknowledged. */
  drained(): Promise<void>
  close(): Promise<void>
}

/**
 * A queue with short delays between the Worker's producer and its consumer. `deliver` gives a message to the
 * consumer and resolves with true if it was acknowledged. `fails` decides if the next send fails.
 */
export async function startStubQueue(
  deliver: (message: QueueMessage) => Promise<boolean>,
  fails: () => boolean,
): Promise<StubQueue> {
  const counts = { accepted: 0, failed: 0, deliveries: 0 }
  const inProgress = new Set<Promise<void>>()

  async function deliverUntilAcknowledged(message: QueueMessage): Promise<void> {
    counts.deliveries++
    while (!(await deliver(message))) {
      counts.deliveries++
      message.attempts++
      await new Promise((resolve) => setTimeout(resolve, REDELIVER_AFTER_MS))
    }
  }

  const server = createServer(async (request, response) => {
    const body = JSON.parse((await bodyOf(request)).toString()) as Handoff
    if (fails()) {
      counts.failed++
      return response.writeHead(503).end()
    }
    counts.accepted++
    const work = deliverUntilAcknowledged({ id: randomUUID(), timestamp: new Date(), attempts: 1, body })
    inProgress.add(work)
    void work.finally(() => inProgress.delete(work))
    return response.writeHead(200).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    counts,
    async drained() {
      while (inProgress.size > 0) await Promise.all(inProgress)
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}
