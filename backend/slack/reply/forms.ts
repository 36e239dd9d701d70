import { isContentRefused } from '../api/error-codes.ts'
import type { Content } from './content.ts'
import type { Closing } from './message.ts'

/**
 * How much of a message we send. `stepless`: without the steps. `bare`: without the footer too. `plain`: only
 * its text, without blocks. `unmarked`: the same, without metadata.
 */
export type Form = 'whole' | 'stepless' | 'bare' | 'plain' | 'unmarked'

/** The form that a message is written in first. */
export function firstForm(
  { steps }: Pick<Content, 'steps'>,
  { least, noCards }: { least: Form | undefined; noCards: boolean },
): Form {
  return least ?? (steps.length === 0 || noCards ? 'stepless' : 'whole')
}

/**
 * The form to try after Slack has refused one with this code; undefined if no other can help. The text is
 * worth more than everything around it.
 */
export function simplerForm(
  form: Form,
  code: string,
  { text }: Pick<Content, 'text'>,
  closing: Closing | undefined,
): Form | undefined {
  if (!isContentRefused(code)) return undefined
  if (form === 'whole') return 'stepless'
  if (form === 'stepless' && closing?.footer) return 'bare'
  // Without text there is nothing to show plainly.
  if (text.trim() === '' || form === 'unmarked') return undefined
  return form === 'plain' ? 'unmarked' : 'plain'
}
