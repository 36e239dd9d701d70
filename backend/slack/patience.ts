import type { Clock } from '../clock.ts'
import type { Attempt } from './web-api.ts'

/** How often a write is repeated whose outcome is unknown and which does no harm twice. */
const REPEATS = 3

/** Slack is given a moment before the same is asked again. */
const REPEAT_AFTER_MS = 500

/**
 * A write that may be done twice (a stop, an update with the whole content), until it is done or refused: waits as long
 * as Slack asks, where that ends before `until`, in milliseconds of the Unix epoch.
 */
export async function patiently<T>(
  { clock, until }: { clock: Clock; until: number },
  write: () => Promise<Attempt<T>>,
): Promise<Attempt<T>> {
  for (let repeats = 0; ; ) {
    const attempt = await write()
    if (attempt.is === 'done' || attempt.is === 'refused') return attempt
    if (attempt.is === 'unknown' && repeats++ === REPEATS) return attempt
    const waitMs = attempt.is === 'wait' ? attempt.waitMs : REPEAT_AFTER_MS
    if (clock.now() + waitMs >= until) return attempt
    await clock.sleep(waitMs)
  }
}
