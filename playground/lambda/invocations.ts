import type { Clock } from '../clock.ts'
import type { Environment } from './environment.ts'
import type { Environments } from './environments.ts'
import { type AwsAccount, functionArn, type LambdaFunction } from './function.ts'
import type { FunctionError } from './protocol.ts'

export interface Invocation {
  /** An event that Lambda delivers twice has the same id both times. */
  requestId: string
  functionName: string
  qualifier: string | undefined
  payload: unknown
  /** When Lambda accepted it. All three times are milliseconds of the Unix epoch. */
  at: number
  startedAt?: number
  endedAt?: number
  /** The process that runs it. */
  pid?: number
  /** `waiting` for free concurrency; `expired` if it waited longer than the maximum age of an event. */
  outcome: 'waiting' | 'running' | 'succeeded' | 'failed' | 'timed out' | 'killed' | 'expired'
  /** The function's return value as JSON. */
  response?: string
  error?: FunctionError
  /** The lines that the process printed during the invocation. */
  logs: string[]
}

export interface Invocations {
  all: readonly Invocation[]
  /** Resolves when the invocation is over, whatever its outcome. */
  invoke(asked: {
    requestId: string
    fn: LambdaFunction
    qualifier: string | undefined
    payload: string
    maximumAgeMs?: number
  }): Promise<Invocation>
  /** True if one more invocation would have to wait. */
  isFull(fn: LambdaFunction): boolean
  /** Kills the processes that run this request. Lambda may do that at any moment. */
  kill(requestId: string): void
  close(): void
}

interface Waiter {
  fn: LambdaFunction
  resume(verdict: 'run' | 'expired' | 'closed'): void
}

/** Runs invocations as soon as the function's reserved concurrency allows. Measures ages with `clock`. */
export function createInvocations({
  environments,
  clock,
  account,
}: {
  environments: Environments
  clock: Clock
  account: AwsAccount
}): Invocations {
  const all: Invocation[] = []
  const running = new Map<Environment, Invocation>()
  const slots = new Map<LambdaFunction, number>()
  const waiting: Waiter[] = []
  let closed = false

  const used = (fn: LambdaFunction) => slots.get(fn) ?? 0
  const isFull = (fn: LambdaFunction) => used(fn) >= (fn.reservedConcurrency ?? Number.POSITIVE_INFINITY)

  async function acquireSlot(
    fn: LambdaFunction,
    maximumAgeMs: number | undefined,
  ): Promise<'run' | 'expired' | 'closed'> {
    if (closed) return 'closed'
    if (isFull(fn)) {
      const verdict = await new Promise<'run' | 'expired' | 'closed'>((resolve) => {
        const cancel =
          maximumAgeMs === undefined ? () => {} : clock.after(maximumAgeMs, () => one.resume('expired'))
        const one: Waiter = {
          fn,
          resume(verdict) {
            cancel()
            waiting.splice(waiting.indexOf(one), 1)
            if (verdict === 'run') slots.set(fn, used(fn) + 1)
            resolve(verdict)
          },
        }
        waiting.push(one)
      })
      return verdict
    }
    slots.set(fn, used(fn) + 1)
    return 'run'
  }

  function releaseSlot(fn: LambdaFunction): void {
    slots.set(fn, used(fn) - 1)
    waiting.find((one) => one.fn === fn)?.resume('run')
  }

  async function run(invocation: Invocation, fn: LambdaFunction, payload: string): Promise<void> {
    const environment = await environments.acquire(fn)
    running.set(environment, invocation)
    Object.assign(invocation, { outcome: 'running', startedAt: clock.now(), pid: environment.pid })
    const result = await environment.run({
      requestId: invocation.requestId,
      functionArn: functionArn(account, fn.name, invocation.qualifier),
      payload,
      log: (line) => invocation.logs.push(line),
    })
    running.delete(environment)
    environments.release(environment)
    Object.assign(invocation, result)
  }

  return {
    all,
    isFull,
    async invoke({ requestId, fn, qualifier, payload, maximumAgeMs }) {
      const invocation: Invocation = {
        requestId,
        functionName: fn.name,
        qualifier,
        payload: JSON.parse(payload),
        at: clock.now(),
        outcome: 'waiting',
        logs: [],
      }
      all.push(invocation)
      const verdict = await acquireSlot(fn, maximumAgeMs)
      if (verdict === 'run') {
        await run(invocation, fn, payload).catch((error: Error) => {
          // The bundle cannot be read, or no process can be started. For the caller this is a failure like
          // any other.
          invocation.outcome = closed ? 'killed' : 'failed'
          invocation.error = { errorType: 'Runtime.InvalidEntrypoint', errorMessage: error.message }
        })
        releaseSlot(fn)
      } else {
        invocation.outcome = verdict === 'expired' ? 'expired' : 'killed'
      }
      invocation.endedAt = clock.now()
      return invocation
    },
    kill(requestId) {
      for (const [environment, invocation] of running)
        if (invocation.requestId === requestId) environment.kill()
    },
    close() {
      closed = true
      for (const one of [...waiting]) one.resume('closed')
    },
  }
}
