import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

export interface Load {
  port: number
  /** Kept alive, each with one request at a time. */
  connections: number
  /** Over all connections. */
  requests: number
  /** The number of the first mention; all later ones of a run have others. */
  from: number
}

export interface Loaded {
  /** Of each request, milliseconds from its first byte to the acknowledgement's last. */
  ms: number[]
  /** How many requests had which status. */
  statuses: Record<string, number>
}

export interface Loader {
  /** Signed mentions, each one distinct. Rejects where one was not acknowledged with 200. */
  send(load: Omit<Load, 'from'>): Promise<Loaded>
  close(): Promise<void>
}

export function startLoader(): Loader {
  const thread = new Worker(new URL('./load-thread.ts', import.meta.url))
  let sent = 0
  return {
    async send(load) {
      thread.postMessage({ ...load, from: sent } satisfies Load)
      sent += load.requests
      const [loaded] = (await once(thread, 'message')) as [Loaded]
      if (loaded.statuses['200'] !== load.requests)
        throw new Error(`Not everything was acknowledged: ${JSON.stringify(loaded.statuses)}`)
      return loaded
    },
    close: async () => void (await thread.terminate()),
  }
}
