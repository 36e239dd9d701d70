import { isBarred } from '../api/error-codes.ts'
import type { Form } from './forms.ts'

/** What Slack has refused of one reply. */
export interface Refusals {
  /** For the log: the method and Slack's code, each pair once. */
  note(method: string, code: string): void
  readonly noted: readonly string[]
  /** True if Slack has said that we may not write to the thread. */
  readonly isBarred: boolean
  /** The form that Slack took after it had refused the text's blocks: the rest of the reply keeps to it. */
  least: Form | undefined
}

/** The most pairs in one log line. */
const NOTED_LIMIT = 8

export function createRefusals(): Refusals {
  const noted = new Set<string>()
  let barred = false
  return {
    note(method, code) {
      barred ||= isBarred(code)
      if (noted.size < NOTED_LIMIT) noted.add(`${method}: ${code}`)
    },
    get noted() {
      return [...noted]
    },
    get isBarred() {
      return barred
    },
    least: undefined,
  }
}
