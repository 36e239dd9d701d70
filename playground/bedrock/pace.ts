import type { Clock } from '../clock.ts'

/** How fast a model speaks. Zero stands for "at once" in both. */
export interface Pace {
  /** From the request to the first token, in milliseconds. */
  firstTokenMs: number
  tokensPerSecond: number
}

/** A small, fast model at an ordinary hour. */
export const LIFELIKE: Pace = { firstTokenMs: 600, tokensPerSecond: 60 }

/** Waits `ms`, or until `signal` fires. */
export function wait(ms: number, clock: Clock, signal: AbortSignal): Promise<void> {
  if (ms <= 0 || signal.aborted) return Promise.resolve()
  return new Promise((resolve) => {
    const cancel = clock.after(ms, done)
    signal.addEventListener('abort', done)
    function done() {
      cancel()
      signal.removeEventListener('abort', done)
      resolve()
    }
  })
}

/** A metronome: `beat()` resolves when the next token is due. Late timers do not add up, because each token has its own time. */
export function metronome({ firstTokenMs, tokensPerSecond }: Pace, clock: Clock, signal: AbortSignal) {
  let due = clock.now() + firstTokenMs
  return {
    async beat() {
      await wait(due - clock.now(), clock, signal)
      if (tokensPerSecond > 0) due += 1000 / tokensPerSecond
    },
    async pause(ms: number) {
      due = Math.max(due, clock.now()) + ms
      await wait(due - clock.now(), clock, signal)
    },
  }
}
