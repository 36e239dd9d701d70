import type { Clock } from './clock.ts'
import { untilAborted } from './deadline.ts'

/** The pause before another try: the first one, and the longest one that doubling leads to. */
export interface Backoff {
  firstMs: number
  mostMs: number
}

/**
 * The backoff of everything that has no reason for another. Half a second is enough for a lost connection;
 * eight seconds are the longest that a person should see nothing new. After 1 to 7 pauses 0.5, 1.5, 3.5, 7.5,
 * 15.5, 23.5 and 31.5 s have passed.
 */
export const BACKOFF: Backoff = { firstMs: 500, mostMs: 8_000 }

/**
 * The step after a try: none, another try after a pause, or another after the wait that the other side asked
 * for. Such a wait does not count as a failed try. If the other side asks again, we wait at least twice as
 * long as before, up to the longest pause: it may name the same short wait for ever.
 */
export type NextTry = 'stop' | 'back off' | { waitMs: number }

export interface RetryLimits {
  clock: Clock
  /** In milliseconds of the Unix epoch. No pause begins that would end later. */
  until?: number
  /** How often we try and back off. Waits that the other side has named are not limited by it. */
  tries?: number
  backoff?: Backoff
  /** Ends a pause early, and the tries with it. */
  signal?: AbortSignal
}

interface Retry<T> extends RetryLimits {
  /** Absent: every value is a success. */
  afterValue?(value: T): NextTry
  /** Absent: no error is worth another try. */
  afterError?(error: unknown): NextTry
}

/** Tries until a try asks for no other, or time or tries are up. Returns or throws what the last one did. */
export async function retry<T>(
  {
    clock,
    until = Number.POSITIVE_INFINITY,
    tries = Number.POSITIVE_INFINITY,
    backoff = BACKOFF,
    signal,
    afterValue = () => 'stop',
    afterError = () => 'stop',
  }: Retry<T>,
  attempt: () => Promise<T>,
): Promise<T> {
  let pauseMs = backoff.firstMs
  let leastWaitMs = 0
  for (let failures = 0; ; ) {
    const [result] = await Promise.allSettled([attempt()])
    const next = result.status === 'fulfilled' ? afterValue(result.value) : afterError(result.reason)
    let waitMs = Number.POSITIVE_INFINITY
    if (next === 'back off' && ++failures < tries) {
      waitMs = pauseMs
      pauseMs = Math.min(2 * pauseMs, backoff.mostMs)
    } else if (typeof next === 'object') {
      waitMs = Math.max(next.waitMs, leastWaitMs)
      leastWaitMs = Math.min(2 * waitMs, backoff.mostMs)
    }

    const again = clock.now() + waitMs < until && (await slept(clock, waitMs, signal))
    if (again) continue
    if (result.status === 'rejected') throw result.reason
    return result.value
  }
}

/** False if the signal has ended the pause. */
async function slept(clock: Clock, ms: number, signal: AbortSignal | undefined): Promise<boolean> {
  if (!signal) await clock.sleep(ms)
  else if (!signal.aborted) await Promise.race([clock.sleep(ms), untilAborted(signal)])
  return !signal?.aborted
}
