import type { Form } from './forms.ts'

/** What Slack has refused of one reply. */
export interface Refusals {
  /** For the log: the method and Slack's code, each pair once. */
  note(method: string, code: string): void
  readonly noted: readonly string[]
  /** The form that Slack took after it had refused the text's blocks: the rest of the reply keeps to it. */
  least: Form | undefined
}

/** The most pairs in one log line. */
const NOTED_LIMIT = 8

export function createRefusals(): Refusals {
  const noted = new Set<string>()
  return {
    note(method, code) {
      if (noted.size < NOTED_LIMIT) noted.add(`${method}: ${code}`)
    },
    get noted() {
      return [...noted]
    },
    least: undefined,
  }
}
