import { UserError } from '../../settings/user-error.ts'
import type { DeployContext } from './context.ts'
import type { CommandFailed } from './tools.ts'

/** What a look at something found: it is well, it is well but somebody should know, or it is in the way. */
export interface Finding {
  kind: 'ok' | 'warning' | 'error'
  message: string
}

/** Prints every finding, and throws when anything is in the way: all at once, so that nobody has to come back for each. A dry run goes on. */
export function reportFindings(
  { output, tools }: Pick<DeployContext, 'output' | 'tools'>,
  findings: Finding[],
): void {
  for (const { kind, message } of findings) output[kind](message)
  const errors = findings.filter(({ kind }) => kind === 'error').length
  if (errors === 0 || tools.dryRun) return
  const what = errors === 1 ? 'One problem was' : `${errors} problems were`
  throw new UserError(
    `${what} found, and nothing has been changed. Fix what is marked with ✗ and run the command again.`,
  )
}

/** Neither yes nor no. */
export function checkFailed(what: string, error: CommandFailed): string {
  return `Could not determine ${what}. The answer was: ${oneLine(error)}`
}

/** What a tool said of its failure. */
export function oneLine({ details }: CommandFailed): string {
  return details.trim().replaceAll(/\s+/g, ' ')
}
