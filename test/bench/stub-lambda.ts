import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { ReceivedRequest } from '../../playground/sigv4.ts'

/** What came since the last question, and the last of it. */
export interface Taken {
  count: number
  last: ReceivedRequest | undefined
}

export interface StubLambda {
  origin: string
  /** Says what was taken, and from then on answers after so many milliseconds. */
  take(next: { delayMs: number }): Promise<Taken>
  close(): Promise<void>
}

/** A far end that answers 202 to anything, in a thread of its own. Who measures checks a request of each Worker's by hand. */
export async function startStubLambda(): Promise<StubLambda> {
  const thread = new Worker(new URL('./stub-lambda-thread.ts', import.meta.url))
  const [port] = (await once(thread, 'message')) as [number]
  return {
    origin: `http://127.0.0.1:${port}`,
    async take(next) {
      thread.postMessage(next)
      const [taken] = (await once(thread, 'message')) as [Taken]
      // A Buffer arrives from another thread as a plain Uint8Array.
      return { ...taken, last: taken.last && { ...taken.last, body: Buffer.from(taken.last.body) } }
    },
    close: async () => void (await thread.terminate()),
  }
}
