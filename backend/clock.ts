/** Passed as an argument, so that tests can set the time. */
export interface Clock {
  /** Milliseconds of the Unix epoch. */
  now(): number
  sleep(ms: number): Promise<void>
}

export const systemClock: Clock = {
  now: Date.now,
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
}
