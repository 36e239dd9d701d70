import { amount } from './amount.ts'

/** Up to this a handoff has merely waited its turn; beyond it a queue has held it while Lambda could not be invoked. */
export const LATE_MS = 5 * 60_000

const HOUR_MS = 3_600_000

/** What a person reads before an answer that comes late; undefined where it does not. Both in milliseconds of the Unix epoch. */
export function lateNote(receivedAt: number, now: number): string | undefined {
  const ageMs = now - receivedAt
  if (ageMs <= LATE_MS) return undefined
  return `You asked this ${ageMs < HOUR_MS ? amount(Math.floor(ageMs / 60_000), 'minute') : amount(Math.floor(ageMs / HOUR_MS), 'hour')} ago.`
}
