/** Time for the far ends. It is an argument, so that a test can hold it. */
export interface Clock {
  /** Milliseconds of the Unix epoch. */
  now(): number
  /** Calls `act` once, after `ms` milliseconds. Returns the function that cancels it. */
  after(ms: number, act: () => void): () => void
}

export const systemClock: Clock = {
  now: Date.now,
  after(ms, act) {
    const timer = setTimeout(act, ms)
    return () => clearTimeout(timer)
  },
}

/** Resolves after `ms` milliseconds, or as soon as `signal` fires. */
export function wait(ms: number, clock: Clock, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => {
    const cancel = clock.after(Math.max(0, ms), done)
    signal.addEventListener('abort', done)
    function done() {
      cancel()
      signal.removeEventListener('abort', done)
      resolve()
    }
  })
}
