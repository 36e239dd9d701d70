import { Cancelled, UsageError } from '../../settings/user-error.ts'

/** Exit statuses of our commands, the playground's too. */
const EXIT = { failed: 1, usage: 2, interrupted: 130 } as const

/** Runs a command. What goes wrong becomes sentences on standard error, and an exit status. */
export async function runProgram(program: () => Promise<void>): Promise<void> {
  // Whoever read our output has gone (`| head`). That is no reason to leave anything half done.
  process.stdout.on('error', () => undefined)
  // Ctrl-C between two questions: the tool that runs just then gets it as well, and ends by itself.
  process.once('SIGINT', () => process.exit(printError(new Cancelled())))
  try {
    await program()
  } catch (error) {
    process.exitCode = printError(error)
  }
}

/** Gives the exit status. */
function printError(error: unknown): number {
  const [sentence, status] = describeError(error)
  console.error(sentence)
  return status
}

export function describeError(error: unknown): [sentence: string, status: number] {
  if (error instanceof UsageError) return [`${error.message}. See --help.`, EXIT.usage]
  if (error instanceof Cancelled)
    return ['Stopped. Finished steps stay finished; run the command again to go on.', EXIT.interrupted]
  return [error instanceof Error ? error.message : String(error), EXIT.failed]
}
