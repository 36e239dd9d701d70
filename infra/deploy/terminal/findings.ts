import { UserError } from '../../settings/user-error.ts'
import type { DeployContext } from './context.ts'
import type { CommandFailed } from './tools.ts'

/** The result of one check. A warning does not stop the command, an error does. */
export interface Finding {
  kind: 'ok' | 'warning' | 'error'
  message: string
}

/**
 * Prints all findings, so that the person can fix every problem at once. Throws UserError if one is an error,
 * except in a dry run.
 */
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

/** For a check that itself failed. */
export function checkFailed(what: string, error: CommandFailed): string {
  return `Could not determine ${what}. The answer was: ${oneLine(error)}`
}

/** The message of a failed tool, in one line. */
export function oneLine({ details }: CommandFailed): string {
  return details.trim().replaceAll(/\s+/g, ' ')
}
