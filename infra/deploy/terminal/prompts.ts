import { confirm, isCancel, password, select, text } from '@clack/prompts'
import type * as v from 'valibot'
import { Cancelled, UserError } from '../../settings/user-error.ts'

interface Question {
  message: string
  /** The option or the variable that answers the question in advance. */
  setBy: string
}

type AnswerSchema = v.GenericSchema<string, string>

/** Questions to the person at the terminal. */
export interface Prompts {
  /** True if optional questions can be asked. */
  readonly interactive: boolean
  /**
   * Throws Cancelled if the answer is no. `defaultAnswer` is what Enter alone means: `no` if the action
   * cannot be undone.
   */
  confirm(question: Question & { defaultAnswer: 'yes' | 'no' }): Promise<void>
  choose<T extends string>(question: Question & { options: { value: T; label: string }[] }): Promise<T>
  text(question: Question & { initial: string | undefined; schema: AnswerSchema }): Promise<string>
  /** The terminal does not show what is typed. */
  secret(question: Question & { schema: AnswerSchema }): Promise<string>
}

export const terminalPrompts: Prompts = {
  interactive: true,
  async confirm({ message, defaultAnswer }) {
    if (!answerOrCancel(await confirm({ message, initialValue: defaultAnswer === 'yes' })))
      throw new Cancelled()
  },
  async choose<T extends string>({
    message,
    options,
  }: {
    message: string
    options: { value: T; label: string }[]
  }) {
    return answerOrCancel(await select<string>({ message, options })) as T
  },
  async text({ message, initial, schema }) {
    return answerOrCancel<string>(
      await text({ message, ...(initial !== undefined && { initialValue: initial }), validate: schema }),
    ).trim()
  },
  async secret({ message, schema }) {
    return answerOrCancel<string>(await password({ message, validate: schema, clearOnError: true })).trim()
  },
}

/** Without a terminal, each question is an error that names what would have answered it. */
export const noTerminal: Prompts = {
  interactive: false,
  confirm: missing,
  choose: missing,
  async text({ message, initial, setBy }) {
    return initial ?? missing({ message, setBy })
  },
  secret: missing,
}

/** Prints each question. Each answer is a placeholder. */
export function dryRunPrompts(print: (line: string) => void): Prompts {
  const ask = ({ message, setBy }: Question): string => {
    print(`  ? ${message}  (or ${setBy})`)
    return `<${setBy}>`
  }
  return {
    interactive: false,
    confirm: async (question) => void ask(question),
    async choose<T extends string>(question: Question & { options: { value: T; label: string }[] }) {
      ask(question)
      return (question.options[0]?.value ?? '') as T
    },
    text: async (question) => ask(question),
    secret: async (question) => ask(question),
  }
}

async function missing({ message, setBy }: Question): Promise<never> {
  throw new UserError(
    `There is no terminal to ask: "${message}" Provide ${setBy}, or run the command in a terminal.`,
  )
}

function answerOrCancel<T>(answer: T | symbol): T {
  if (isCancel(answer)) throw new Cancelled()
  return answer as T
}
