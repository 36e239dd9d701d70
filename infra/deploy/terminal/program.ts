import { Cancelled, UsageError } from '../../settings/user-error.ts'

/** Exit statuses of our commands. The playground uses the same. */
const EXIT = { failed: 1, usage: 2, interrupted: 130 } as const

/** Runs a command. An error becomes a sentence on standard error and an exit status. */
export async function runProgram(program: () => Promise<void>): Promise<void> {
  // The reader of our output may end early (`| head`). Finish the work all the same.
  process.stdout.on('error', () => undefined)
  // Ctrl-C outside a question. A running tool gets the signal too and ends by itself.
  process.once('SIGINT', () => process.exit(printError(new Cancelled())))
  try {
    await program()
  } catch (error) {
    process.exitCode = printError(error)
  }
}

/** Returns the exit status. */
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
