/** Every other fixed sentence that people read from the backend. As Slack Markdown. */

export const STOPPED = 'Stopped here, as you asked.'
export const STOPPED_BEFORE = 'Stopped before I began to answer.'
export const TOO_LONG = 'The answer was getting too long, so it ends here.'
export const NOT_FOUND = 'I found nothing about that.'
export const WITHOUT_THREAD = 'I could not read the thread, so this rests on your question alone.'
export const TOO_OLD_TO_RETRY = 'That question is too old for me to try again. Please ask it anew.'
export const ONLY_THE_ASKER =
  'Only the person who asked can have me try again. Ask me the same, and I will answer you.'
export const TOO_OLD_TO_RATE = 'That answer is too old to be rated, but thank you.'

/** What a person reads who is over a limit; no model is asked. */
export function limitSentence({
  limit,
  most,
  freeInMs,
}: {
  limit: 'person' | 'workspace'
  most: number
  freeInMs: number
}): string {
  const minutes = Math.ceil(freeInMs / 60_000)
  const wait = minutes < 60 ? plural(minutes, 'minute') : `about ${plural(Math.round(minutes / 60), 'hour')}`
  return limit === 'person'
    ? `You have asked me ${plural(most, 'question')} in this hour, and that is as many as I may answer. Ask me again in ${wait}.`
    : `I have answered ${plural(most, 'question')} here today, and that is as many as I may. Ask me again in ${wait}.`
}

/** A quiet thank-you for a thumb. */
export function thanks(value: 'positive' | 'negative', support: string): string {
  if (value === 'positive') return 'Thank you, noted.'
  return ['Thank you, noted. I am sorry that this did not help.', support]
    .filter((part) => part !== '')
    .join(' ')
}

/** For whoever typed a command and cannot be written to. */
export function noDirectMessage(support: string): string {
  return ['I could not write you a direct message. Mention me in a channel instead.', support]
    .filter((part) => part !== '')
    .join(' ')
}

/** Up to this a handoff has merely waited its turn; beyond it a queue has held it while Lambda could not be invoked. */
export const LATE_MS = 5 * 60_000

const HOUR_MS = 3_600_000

/** What a person reads before an answer that comes late; undefined where it does not. The times are in milliseconds of the Unix epoch. */
export function lateNote(receivedAt: number, now: number, attempt: number): string | undefined {
  const ageMs = now - receivedAt
  if (ageMs <= LATE_MS) return undefined
  const asked = attempt === 1 ? 'You asked this' : 'You asked me to try again'
  return `${asked} ${ageMs < HOUR_MS ? plural(Math.floor(ageMs / 60_000), 'minute') : plural(Math.floor(ageMs / HOUR_MS), 'hour')} ago.`
}

/** As people read it: "1 hour", "3 hours". */
function plural(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}
