import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

export interface Load {
  port: number
  /** Kept alive. Each has one request at a time. */
  connections: number
  /** In all, over all connections. */
  requests: number
  /** The number of the first mention. No number is used twice in a run. */
  from: number
}

export interface LoadResult {
  /** For each request, milliseconds from its first byte to the last byte of the acknowledgement. */
  ms: number[]
  /** The number of responses by status. */
  statuses: Record<string, number>
}

/** Our Worker and the hand-written one give up an invoke after 1.2 s, which a busy machine can exceed. */
export class NotAcknowledged extends Error {
  override readonly name = 'NotAcknowledged' as const
  constructor(statuses: LoadResult['statuses']) {
    super(`Not every request was acknowledged with 200: ${JSON.stringify(statuses)}`)
  }
}

export interface Loader {
  /** Sends signed mentions, all different. Rejects with NotAcknowledged if a response is not a 200. */
  send(load: Omit<Load, 'from'>): Promise<LoadResult>
  close(): Promise<void>
}

export function startLoader(): Loader {
  const thread = new Worker(new URL('./load-thread.ts', import.meta.url))
  let sent = 0
  return {
    async send(load) {
      thread.postMessage({ ...load, from: sent } satisfies Load)
      sent += load.requests
      const [result] = (await once(thread, 'message')) as [LoadResult]
      if (result.statuses['200'] !== load.requests) throw new NotAcknowledged(result.statuses)
      return result
    },
    close: async () => void (await thread.terminate()),
  }
}
