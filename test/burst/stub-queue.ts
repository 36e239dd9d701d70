import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Handoff } from '../../backend/handoff.ts'
import { bodyOf } from './stub-lambda.ts'

/** In place of the consumer's ten seconds and more. */
const REDELIVER_AFTER_MS = 100

/** What stands for HANDOFFS in the edge's Worker: a send that can fail, which Miniflare's own queue cannot. */
export const PRODUCER = `
import { WorkerEntrypoint } from 'cloudflare:workers'
export default class extends WorkerEntrypoint {
  async send(handoff) {
    const answer = await fetch(this.env.QUEUE, { method: 'POST', body: JSON.stringify(handoff) })
    if (!answer.ok) throw new Error('the queue does not answer')
  }
}`

export interface Queued {
  id: string
  timestamp: Date
  attempts: number
  body: Handoff
}

export interface StubQueue {
  origin: string
  /** How many handoffs were sent to it and taken, and how many sends failed. */
  counts: { taken: number; failed: number; deliveries: number }
  /** Delivers until nothing is left. */
  drained(): Promise<void>
  close(): Promise<void>
}

/**
 * A queue between the Worker's producer and its consumer, with shortened waits. `deliver` gives a message to the
 * consumer and says whether it was acknowledged; `fails` says whether the next send fails.
 */
export async function startStubQueue(
  deliver: (message: Queued) => Promise<boolean>,
  fails: () => boolean,
): Promise<StubQueue> {
  const counts = { taken: 0, failed: 0, deliveries: 0 }
  const under = new Set<Promise<void>>()

  async function bring(message: Queued): Promise<void> {
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
    counts.taken++
    const work = bring({ id: randomUUID(), timestamp: new Date(), attempts: 1, body })
    under.add(work)
    void work.finally(() => under.delete(work))
    return response.writeHead(200).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    counts,
    async drained() {
      while (under.size > 0) await Promise.all(under)
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}
