import * as v from 'valibot'
import type { Prompts } from '../../../infra/deploy/terminal/prompts.ts'
import { Cancelled } from '../../../infra/settings/user-error.ts'

/** Ctrl-C at a question. */
export const CANCEL = Symbol('cancel')

/** Part of a question, and the person's answer: a text, part of a label, Enter (`''`) or Ctrl-C. */
export type Answer = [question: string, does: string | typeof CANCEL]

/**
 * Answers like a person at a terminal. Expects the questions in the order of `answers`, and removes each
 * answer that it uses.
 */
export function scriptedPrompts(answers: Answer[]): Prompts {
  const next = (message: string): string => {
    const [question, does] = answers.shift() ?? []
    if (question === undefined || does === undefined || !message.includes(question))
      throw new Error(`Expected the question "${question}", but the command asked "${message}"`)
    if (does === CANCEL) throw new Cancelled()
    return does
  }
  return {
    interactive: true,
    async confirm({ message, defaultAnswer }) {
      const answer = next(message) || defaultAnswer
      if (answer !== 'yes') throw new Cancelled()
    },
    async choose({ message, options }) {
      const label = next(message)
      const chosen = label === '' ? options[0] : options.find((option) => option.label.includes(label))
      if (!chosen) throw new Error(`"${message}" has no option "${label}"`)
      return chosen.value
    },
    async text({ message, initial, schema }) {
      return v.parse(schema, next(message) || initial)
    },
    async secret({ message, schema }) {
      return v.parse(schema, next(message))
    },
  }
}
