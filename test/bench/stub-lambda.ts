import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { ReceivedRequest } from '../../playground/received-request.ts'

/** The invocations since the last restart. */
export interface Intake {
  count: number
  last: ReceivedRequest | undefined
}

export interface StubLambda {
  origin: string
  /** Returns the invocations so far and starts a new count. From now on, Lambda answers after `delayMs`. */
  restart(next: { delayMs: number }): Promise<Intake>
  close(): Promise<void>
}

/**
 * Answers 202 to every request, in its own thread. It checks no signature: the bench checks one of each
 * round.
 */
export async function startStubLambda(): Promise<StubLambda> {
  const thread = new Worker(new URL('./stub-lambda-thread.ts', import.meta.url))
  const [port] = (await once(thread, 'message')) as [number]
  return {
    origin: `http://127.0.0.1:${port}`,
    async restart(next) {
      thread.postMessage(next)
      const [intake] = (await once(thread, 'message')) as [Intake]
      // A Buffer arrives from another thread as a plain Uint8Array.
      return { ...intake, last: intake.last && { ...intake.last, body: Buffer.from(intake.last.body) } }
    },
    close: async () => void (await thread.terminate()),
  }
}
