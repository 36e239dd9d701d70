import { createInterface } from 'node:readline'
import { spawnEnvironment } from './environment-process.ts'
import type { LambdaFunction } from './function.ts'
import { endOfLog, type FunctionError, type InvokeMessage, type RuntimeMessage } from './protocol.ts'
import { signal } from './reaper.ts'

/**
 * Lambda's limit for loading the code, which does not count against the function's own time limit. If it is
 * over, Lambda loads the code again within that limit, so a function with a longer one has longer to load.
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
 */
const INIT_LIMIT_MS = 10_000

export type RunResult =
  | { outcome: 'succeeded'; response: string }
  | { outcome: 'failed' | 'timed out' | 'killed'; error: FunctionError }

export interface RunInput {
  requestId: string
  functionArn: string
  /** The event as JSON. */
  payload: string
  /** Called for each line that the process prints during the invocation. */
  log(line: string): void
}

/** One execution environment: a process that runs one invocation at a time and is frozen in between. */
export interface Environment {
  pid: number
  fn: LambdaFunction
  /** Resolves when the process has answered and is frozen, or when it is gone. Never rejects. */
  run(work: RunInput): Promise<RunResult>
  /** False for good after the process crashed, was killed, or ran out of time. */
  usable(): boolean
  kill(): void
  /** Resolves when the process is gone. */
  exited: Promise<void>
}

/**
 * Starts a process in `directory`, which holds its own copy of the bundle. `variables` is its whole
 * environment. Time limits use real time, because the process knows no other. Work that the function leaves
 * running may go on until the signal freezes the process, a moment after its answer.
 */
export function startEnvironment(
  fn: LambdaFunction,
  directory: string,
  variables: Record<string, string>,
): Environment {
  const { child, pid, stdout, stderr } = spawnEnvironment(fn, directory, variables)

  let ready = false
  let usable = true
  let work: RunInput | undefined
  let resolve: (result: RunResult) => void
  let result: RunResult | undefined
  let cancelTimer = () => {}
  let openLogs = 0

  function startTimer(ms: number): void {
    const timer = setTimeout(() => {
      result = {
        outcome: 'timed out',
        error: runtimeError('Sandbox.Timedout', `Task timed out after ${(ms / 1000).toFixed(2)} seconds`),
      }
      kill()
    }, ms)
    cancelTimer = () => clearTimeout(timer)
  }

  function runtimeError(errorType: string, text: string): FunctionError {
    return { errorType, errorMessage: `RequestId: ${work?.requestId} Error: ${text}` }
  }

  function begin({ requestId, functionArn, payload }: RunInput): void {
    cancelTimer()
    openLogs = 2
    startTimer(fn.timeoutSeconds * 1000)
    child.send({
      requestId,
      functionArn,
      payload,
      deadline: Date.now() + fn.timeoutSeconds * 1000,
    } satisfies InvokeMessage)
  }

  function end(): void {
    if (!work || !result) return
    work = undefined
    resolve(result)
  }

  function kill(): void {
    usable = false
    cancelTimer()
    signal(pid, 'SIGKILL')
  }

  child.on('message', (said: RuntimeMessage) => {
    if (said.kind === 'ready') {
      ready = true
      if (work) begin(work)
      return
    }
    cancelTimer()
    result =
      said.kind === 'answered'
        ? { outcome: 'succeeded', response: said.response }
        : { outcome: 'failed', error: said.error }
    if (said.kind === 'crashed') usable = false
    else signal(pid, 'SIGSTOP')
    if (said.kind !== 'crashed' && openLogs === 0) end()
  })

  for (const stream of [stdout, stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      const mark = work ? endOfLog(work.requestId) : undefined
      const ended = mark !== undefined && line.endsWith(mark)
      const printed = ended ? line.slice(0, -mark.length) : line
      if (printed || !ended) work?.log(printed)
      if (ended) openLogs -= 1
      if (ended && openLogs === 0) end()
    })
  }

  // Also kills whatever the process has started.
  child.on('exit', () => signal(pid, 'SIGKILL'))
  const exited = new Promise<void>((done) => {
    child.on('close', (code: number | null, name: string | null) => {
      usable = false
      cancelTimer()
      result ??= {
        outcome: name === 'SIGKILL' ? 'killed' : 'failed',
        error: runtimeError(
          'Runtime.ExitError',
          `Runtime exited with error: ${name ? `signal: ${name}` : `exit status ${code}`}`,
        ),
      }
      end()
      done()
    })
  })

  return {
    pid,
    fn,
    exited,
    kill,
    usable: () => usable,
    run(next) {
      work = next
      result = undefined
      signal(pid, 'SIGCONT')
      if (ready) begin(next)
      else startTimer(Math.max(INIT_LIMIT_MS, fn.timeoutSeconds * 1000))
      return new Promise((settle) => {
        resolve = settle
      })
    },
  }
}
