/** Time as the far ends see it: an argument, so that a test can hold it. */
export interface Clock {
  /** Milliseconds of the Unix epoch. */
  now(): number
  /** Calls `act` once after `ms` milliseconds. Returns the function that cancels it. */
  after(ms: number, act: () => void): () => void
}

export const systemClock: Clock = {
  now: Date.now,
  after(ms, act) {
    const timer = setTimeout(act, ms)
    return () => clearTimeout(timer)
  },
}
