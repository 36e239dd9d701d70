import { type Clock, wait } from '../clock.ts'

/** How fast a model writes. Zero means "at once" for both. */
export interface Pace {
  /** From the request to the first token, in milliseconds. */
  firstTokenMs: number
  tokensPerSecond: number
}

/** A small, fast model at an ordinary hour. */
export const LIFELIKE: Pace = { firstTokenMs: 600, tokensPerSecond: 60 }

/**
 * `beat()` resolves when the next token is due. Each token has its own due time, so late timers do not add
 * up.
 */
export function metronome({ firstTokenMs, tokensPerSecond }: Pace, clock: Clock, signal: AbortSignal) {
  let due = clock.now() + firstTokenMs
  async function untilDue() {
    const ms = due - clock.now()
    if (ms > 0) await wait(ms, clock, signal)
  }
  return {
    async beat() {
      await untilDue()
      if (tokensPerSecond > 0) due += 1000 / tokensPerSecond
    },
    async pause(ms: number) {
      due = Math.max(due, clock.now()) + ms
      await untilDue()
    },
  }
}
