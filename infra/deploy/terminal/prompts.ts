import { confirm, isCancel, password, select, text } from '@clack/prompts'
import type * as v from 'valibot'
import { Cancelled, ToMend } from '../../settings/user-error.ts'

interface Question {
  message: string
  /** The option or the variable that answers it where nobody can be asked. */
  by: string
}

type Checked = v.GenericSchema<string, string>

/** Questions to whoever sits at the terminal. Where nobody does, each is an error that names what would have answered it. */
export interface Asking {
  /** Whether somebody can be asked what need not be answered. */
  readonly present: boolean
  /** `enter` is what Enter alone says: no, where it cannot be taken back. */
  agree(question: Question & { enter: 'yes' | 'no' }): Promise<void>
  choose<T extends string>(question: Question & { options: { value: T; label: string }[] }): Promise<T>
  text(question: Question & { known: string | undefined; schema: Checked }): Promise<string>
  /** What is typed is not shown. */
  secret(question: Question & { schema: Checked }): Promise<string>
}

/** For a person. */
export const terminal: Asking = {
  present: true,
  async agree({ message, enter }) {
    if (!answered(await confirm({ message, initialValue: enter === 'yes' }))) throw new Cancelled()
  },
  async choose<T extends string>({
    message,
    options,
  }: {
    message: string
    options: { value: T; label: string }[]
  }) {
    return answered(await select<string>({ message, options })) as T
  },
  async text({ message, known, schema }) {
    return answered<string>(
      await text({ message, ...(known !== undefined && { initialValue: known }), validate: schema }),
    ).trim()
  },
  async secret({ message, schema }) {
    return answered<string>(await password({ message, validate: schema, clearOnError: true })).trim()
  },
}

/** For a machine: whatever has to be asked is missing. */
export const nobody: Asking = {
  present: false,
  agree: missing,
  choose: missing,
  async text({ message, known, by }) {
    return known ?? missing({ message, by })
  },
  secret: missing,
}

/** For a dry run: what would be asked is named, and every answer is a name for itself. */
export function pretending(print: (line: string) => void): Asking {
  const ask = ({ message, by }: Question): string => {
    print(`  ? ${message}  (or ${by})`)
    return `<${by}>`
  }
  return {
    present: false,
    agree: async (question) => void ask(question),
    async choose<T extends string>(question: Question & { options: { value: T; label: string }[] }) {
      ask(question)
      return (question.options[0]?.value ?? '') as T
    },
    text: async (question) => ask(question),
    secret: async (question) => ask(question),
  }
}

async function missing({ message, by }: Question): Promise<never> {
  throw new ToMend(`There is nobody to ask: "${message}" Give ${by}, or run the command in a terminal.`)
}

function answered<T>(answer: T | symbol): T {
  if (isCancel(answer)) throw new Cancelled()
  return answer as T
}
