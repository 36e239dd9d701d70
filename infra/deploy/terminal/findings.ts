import { ToMend } from '../../settings/user-error.ts'
import type { Guide } from './context.ts'
import type { CommandFailed } from './tools.ts'

/** What a look at something found: it is well, it is well but somebody should know, or it is in the way. */
export type Found = { well: string } | { note: string } | { inTheWay: string }

/** Prints every finding, and throws when anything is in the way: all at once, so that nobody has to come back for each. A dry run goes on. */
export function report({ say, tools }: Pick<Guide, 'say' | 'tools'>, found: Found[]): void {
  for (const one of found) {
    if ('well' in one) say.done(one.well)
    else if ('note' in one) say.note(one.note)
    else say.wrong(one.inTheWay)
  }
  const wrong = found.filter((one) => 'inTheWay' in one).length
  if (wrong === 0 || tools.dry) return
  const what = wrong === 1 ? 'One thing is' : `${wrong} things are`
  throw new ToMend(
    `${what} in the way, and nothing has been made yet. Mend what is marked with ✗ and give the command again.`,
  )
}

/** Neither yes nor no. */
export function unexpected(what: string, error: CommandFailed): string {
  return `${what} could not be found out. The answer was: ${inOneLine(error)}`
}

/** What a tool said of its failure. */
export function inOneLine({ said }: CommandFailed): string {
  return said.trim().replaceAll(/\s+/g, ' ')
}
