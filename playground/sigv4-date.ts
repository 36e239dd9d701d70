/**
 * The largest difference that AWS allows between the date of a signature and its own clock, in both
 * directions.
 */
const CLOCK_SKEW_MS = 5 * 60_000

/** Reads `20261123T101500Z` as milliseconds of the Unix epoch. Undefined if it is not such a date. */
export function parseBasicDate(date: string): number | undefined {
  if (!/^\d{8}T\d{6}Z$/.test(date)) return undefined
  const ms = Date.parse(date.replace(/^(....)(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5'))
  return Number.isNaN(ms) ? undefined : ms
}

const basicDate = (ms: number) => `${new Date(ms).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`

/**
 * AWS's message about a date that is too far from now, or undefined if it is close enough. Both times are
 * milliseconds of the Unix epoch.
 */
export function lateness(signedAt: number, now: number): string | undefined {
  const [signed, current] = [basicDate(signedAt), basicDate(now)]
  if (signedAt < now - CLOCK_SKEW_MS) {
    return `Signature expired: ${signed} is now earlier than ${basicDate(now - CLOCK_SKEW_MS)} (${current} - 5 min.)`
  }
  if (signedAt > now + CLOCK_SKEW_MS) {
    return `Signature not yet current: ${signed} is still later than ${basicDate(now + CLOCK_SKEW_MS)} (${current} + 5 min.)`
  }
  return undefined
}
