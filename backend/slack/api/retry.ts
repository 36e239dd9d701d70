import type { Clock } from '../../clock.ts'
import type { Attempt } from './client.ts'

/** Slack is given a moment before the same is asked again, and each time twice as long, up to the second. */
const REPEAT_AFTER_MS = 500
const REPEAT_AFTER_MOST_MS = 8_000

/**
 * A write that may be done twice (a stop, an update with the whole content), until it is done or refused: waits as long
 * as Slack asks, and repeats what has had no answer, as long as that ends before `until`, in milliseconds of the Unix epoch.
 */
export async function patiently<T>(
  { clock, until, tries = Number.POSITIVE_INFINITY }: { clock: Clock; until: number; tries?: number },
  write: () => Promise<Attempt<T>>,
): Promise<Attempt<T>> {
  let repeatAfterMs = REPEAT_AFTER_MS
  for (let unknown = 0; ; ) {
    const attempt = await write()
    if (attempt.is === 'done' || attempt.is === 'refused') return attempt
    if (attempt.is === 'unknown' && ++unknown === tries) return attempt
    const waitMs = attempt.is === 'wait' ? attempt.waitMs : repeatAfterMs
    if (clock.now() + waitMs >= until) return attempt
    if (attempt.is === 'unknown') repeatAfterMs = Math.min(2 * repeatAfterMs, REPEAT_AFTER_MOST_MS)
    await clock.sleep(waitMs)
  }
}
