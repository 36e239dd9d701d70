/**
 * Fixed sentences that people read from the backend, except those about failures (failure.ts). Slack
 * Markdown.
 */

export const STOPPED = 'Stopped here, as you asked.'
export const STOPPED_BEFORE = 'Stopped before I began to answer.'
export const TOO_LONG = 'The answer was getting too long, so it ends here.'
export const NOT_FOUND = 'I found nothing about that.'
export const WITHOUT_THREAD = 'I could not read the thread, so this answer uses only your question.'
export const TOO_OLD_TO_RETRY = 'That question is too old for me to try again. Please ask it again.'
export const ONLY_THE_ASKER =
  'Only the person who asked can have me try again. Ask me the same question, and I will answer you.'
export const BARRED =
  "I may not write where you asked me, so I can't answer there. Ask me in a direct message or in another channel."
export const TOO_OLD_TO_RATE = 'That answer is too old to be rated, but thank you.'

/** Names knowledge bases that may answer the next question. */
export function notSearchedNow(bases: readonly string[]): string {
  return `I could not search ${bases.join(' and ')} just now.`
}

/** Names knowledge bases that will not answer until somebody changes something. */
export function notSearchable(bases: readonly string[]): string {
  return `I cannot search ${bases.join(' and ')}: the people who run me have to repair that.`
}

/** Says that a limit is reached; no model is asked. */
export function limitSentence({
  limit,
  most,
  freeInMs,
}: {
  limit: 'person' | 'workspace'
  most: number
  freeInMs: number
}): string {
  const minutes = Math.ceil(freeInMs / MINUTE_MS)
  const wait = minutes < 60 ? plural(minutes, 'minute') : `about ${plural(Math.round(minutes / 60), 'hour')}`
  return limit === 'person'
    ? `You have asked me ${plural(most, 'question')} in this hour, and that is as many as I may answer. Ask me again in ${wait}.`
    : `I have answered ${plural(most, 'question')} here today, and that is as many as I may. Ask me again in ${wait}.`
}

/** Thanks for a thumb, shown to the person alone. */
export function thanks(value: 'positive' | 'negative', support: string): string {
  return value === 'positive'
    ? 'Thank you, noted.'
    : withSupport('Thank you, noted. I am sorry that this did not help.', support)
}

/** For the person who typed a command, if Slack does not let us write them a direct message. */
export function noDirectMessage(support: string): string {
  return withSupport('I could not write you a direct message. Mention me in a channel instead.', support)
}

function withSupport(sentence: string, support: string): string {
  return support === '' ? sentence : `${sentence} ${support}`
}

/** Says what the guardrail blocked, and by which kinds of rule. Never the text that matched. */
export function guardrailSentence({
  on,
  rules,
}: {
  on: 'question' | 'answer'
  rules: readonly string[]
}): string {
  const about = rules.length > 0 ? ` (${rules.join(', ')})` : ''
  return on === 'question'
    ? `I can't answer this question: it falls under one of your company's rules for me${about}.`
    : `I had to hold back my answer: it falls under one of your company's rules for me${about}.`
}

/**
 * A handoff that is younger has only waited its turn. One that is older was in a queue while Lambda could not
 * be invoked.
 */
export const LATE_MS = 5 * 60_000

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000

/**
 * Precedes an answer that comes late; undefined if it does not. Both times are in milliseconds of the Unix
 * epoch.
 */
export function lateNote(receivedAt: number, now: number, attempt: number): string | undefined {
  const ageMs = now - receivedAt
  if (ageMs <= LATE_MS) return undefined
  const age =
    ageMs < HOUR_MS
      ? plural(Math.floor(ageMs / MINUTE_MS), 'minute')
      : plural(Math.floor(ageMs / HOUR_MS), 'hour')
  return attempt === 1 ? `You asked this ${age} ago.` : `You asked me to try again ${age} ago.`
}

/** "1 hour", "3 hours". */
function plural(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}
