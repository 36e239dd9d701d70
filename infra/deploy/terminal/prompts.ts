import { confirm, isCancel, password, select, text } from '@clack/prompts'
import type * as v from 'valibot'
import { Cancelled, UserError } from '../../settings/user-error.ts'

interface Question {
  message: string
  /** The option or the variable that answers it where nobody can be asked. */
  setBy: string
}

type AnswerSchema = v.GenericSchema<string, string>

/** Questions to whoever sits at the terminal. Where nobody does, each is an error that names what would have answered it. */
export interface Prompts {
  /** Whether somebody can be asked what need not be answered. */
  readonly interactive: boolean
  /** `enter` is what Enter alone says: no, where it cannot be taken back. */
  confirm(question: Question & { defaultAnswer: 'yes' | 'no' }): Promise<void>
  choose<T extends string>(question: Question & { options: { value: T; label: string }[] }): Promise<T>
  text(question: Question & { initial: string | undefined; schema: AnswerSchema }): Promise<string>
  /** What is typed is not shown. */
  secret(question: Question & { schema: AnswerSchema }): Promise<string>
}

/** For a person. */
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

/** For a machine: whatever has to be asked is missing. */
export const noTerminal: Prompts = {
  interactive: false,
  confirm: missing,
  choose: missing,
  async text({ message, initial, setBy }) {
    return initial ?? missing({ message, setBy })
  },
  secret: missing,
}

/** For a dry run: what would be asked is named, and every answer is a name for itself. */
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
