import { amount } from './amount.ts'

/** Up to this a handoff has merely waited its turn; beyond it a queue has held it while Lambda could not be invoked. */
export const LATE_MS = 5 * 60_000

const HOUR_MS = 3_600_000

/** What a person reads before an answer that comes late; undefined where it does not. The times are in milliseconds of the Unix epoch. */
export function lateNote(receivedAt: number, now: number, attempt: number): string | undefined {
  const ageMs = now - receivedAt
  if (ageMs <= LATE_MS) return undefined
  const asked = attempt === 1 ? 'You asked this' : 'You asked me to try again'
  return `${asked} ${ageMs < HOUR_MS ? amount(Math.floor(ageMs / 60_000), 'minute') : amount(Math.floor(ageMs / HOUR_MS), 'hour')} ago.`
}
