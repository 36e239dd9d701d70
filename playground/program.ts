import { UsageError } from './arguments.ts'
import { NoDocuments } from './documents/files.ts'

/** Exit statuses of `npm start` and `npm run ask`. */
export const EXIT = { ok: 0, failed: 1, usage: 2, notFound: 3, interrupted: 130 } as const

/**
 * Runs a command and exits with its status. Prints errors that the person can fix as one sentence. At the
 * end, or on Ctrl-C, calls the functions given to `onStop`, the latest first. A second Ctrl-C exits without
 * waiting for them.
 */
export async function runProgram(
  program: (lifetime: {
    onStop(stop: () => Promise<void>): void
    interrupted: AbortSignal
  }) => Promise<number>,
): Promise<void> {
  const stops: (() => Promise<void>)[] = []
  const interruption = new AbortController()
  const interrupted = new Promise<number>((resolve) => {
    interruption.signal.addEventListener('abort', () => resolve(EXIT.interrupted))
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () =>
      interruption.signal.aborted ? process.exit(EXIT.interrupted) : interruption.abort(),
    )
  }
  // The reader of our output has gone (`| head`): stop everything.
  process.stdout.on('error', () => interruption.abort())

  try {
    const lifetime = {
      onStop: (stop: () => Promise<void>) => void stops.push(stop),
      interrupted: interruption.signal,
    }
    process.exitCode = await Promise.race([program(lifetime), interrupted])
  } catch (error) {
    const [sentence, status] = explain(error)
    console.error(sentence)
    process.exitCode = status
  }
  for (const stop of stops.toReversed()) {
    await stop().catch((error: unknown) => {
      console.error(explain(error)[0])
      process.exitCode ||= EXIT.failed
    })
  }
  process.exit()
}

function explain(error: unknown): [sentence: string, status: number] {
  if (error instanceof UsageError) return [`${error.message}. See --help.`, EXIT.usage]
  if (error instanceof NoDocuments) return [error.message, EXIT.usage]
  if (error instanceof Error && /EADDRINUSE|Address already in use/i.test(error.message)) {
    const port = /:(\d+)\b/.exec(error.message)?.[1]
    return [
      `Port ${port ?? ''} is in use. Choose another with --port, or stop the program that uses it.`.replace(
        '  ',
        ' ',
      ),
      EXIT.failed,
    ]
  }
  return [error instanceof Error ? error.message : String(error), EXIT.failed]
}
