/** Keeps whatever was started, so that all of it can be stopped, also after a part failed to start. */
export interface Startup {
  /** Waits until one part has started, and keeps it. */
  started<T extends { close(): Promise<void> }>(starting: Promise<T>): Promise<T>
  /** Stops everything that was started. */
  close(): Promise<void>
}

export function createStartup(): Startup {
  const closers: (() => Promise<void>)[] = []
  return {
    async started(starting) {
      const one = await starting
      closers.push(() => one.close())
      return one
    },
    async close() {
      const latestFirst = closers.splice(0).toReversed()
      await Promise.all(latestFirst.map((close) => close()))
    },
  }
}

/**
 * Like Promise.all, but waits for all of them even if one rejects, so that whatever did start can be stopped.
 */
export async function allStarted<T extends readonly Promise<unknown>[]>(
  starting: readonly [...T],
): Promise<{ [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(starting)
  return (await Promise.all(starting)) as { [K in keyof T]: Awaited<T[K]> }
}
