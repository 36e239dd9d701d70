import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Call, Calls, Faults } from '../calls.ts'
import { type Clock, systemClock } from '../clock.ts'
import { type HttpResponse, stackOf, startFarEnd } from '../far-end.ts'
import type { ReceivedRequest } from '../received-request.ts'
import { checkSigV4 } from '../sigv4.ts'
import { createEnvironments, type Role } from './environments.ts'
import { createFailureQueue, type DeadLetter } from './failure-queue.ts'
import type { AwsAccount, LambdaFunction } from './function.ts'
import { createInvocations, type Invocation } from './invocations.ts'
import { checkInvoke, type Invoke, readInvokeRequest } from './invoke-request.ts'
import { accepted, dryRun, synchronousAnswer } from './invoke-response.ts'
import { failureRecord } from './on-failure.ts'
import { startReaper } from './reaper.ts'
import { refusal, throttled } from './refusal.ts'

/** Lambda's own default for asynchronous events: six hours. */
const MAXIMUM_EVENT_AGE_SECONDS = 6 * 60 * 60

export interface LambdaOptions extends AwsAccount {
  calls: Calls
  /** For signatures and for the age of events and messages. The time limits of functions use real time. */
  clock?: Clock
  /** Without it, the system chooses a free port. */
  port?: number
  faults?: Faults
  /** The only known key. It may invoke the aliases of functions with `invokableByCaller`. */
  caller: { accessKeyId: string; secretAccessKey: string }
  role: Role
  functions: readonly LambdaFunction[]
  maximumEventAgeSeconds?: number
  /** How many times an accepted event is delivered, by default once. Lambda promises at least once. */
  deliveries?: (call: Readonly<Call>) => number
  /** Settings of the queues in front of the on-failure functions. */
  failureQueue?: { visibilityTimeoutMs?: number; maxReceiveCount?: number }
}

export interface Lambda {
  origin: string
  invocations: readonly Invocation[]
  /** Records that the on-failure function did not take in any of their deliveries. */
  deadLetters: readonly DeadLetter[]
  environments(): { pid: number; functionName: string; busy: boolean }[]
  /** Kills the process that runs this request. Lambda may do that at any moment. */
  kill(requestId: string): void
  /** Resolves when no invocation is running or waiting, and every failure record is delivered or dead. */
  idle(): Promise<void>
  /** Kills everything that runs, and drops everything that waits. */
  close(): Promise<void>
}

/**
 * Lambda's Invoke API on loopback, and the execution environments behind it. Each is a process with its own
 * copy of the bundle that runs one invocation at a time. Asynchronous invocations are not retried
 * (MaximumRetryAttempts 0). Rejects if the port is in use.
 */
export async function startLambda(options: LambdaOptions): Promise<Lambda> {
  const { calls, clock = systemClock, port, faults, caller, role, functions, deliveries = () => 1 } = options
  const account: AwsAccount = { region: options.region, accountId: options.accountId }
  const maximumAgeMs = (options.maximumEventAgeSeconds ?? MAXIMUM_EVENT_AGE_SECONDS) * 1000
  const userArn = `arn:aws:iam::${account.accountId}:user/edge-caller`

  const folder = await mkdtemp(join(tmpdir(), 'vera-lambda-'))
  const reaper = startReaper(folder)
  const environments = createEnvironments({ account, role, folder, reaper })
  const invocations = createInvocations({ environments, clock, account })
  const { visibilityTimeoutMs = 30_000, maxReceiveCount = 5 } = options.failureQueue ?? {}
  const failures = createFailureQueue({ clock, account, visibilityTimeoutMs, maxReceiveCount })
  const pending = new Set<Promise<unknown>>()
  let closed = false

  function inBackground(work: Promise<unknown>): void {
    const settled: Promise<unknown> = work
      .catch((error: unknown) => calls.violation(`The simulator of lambda failed: ${stackOf(error)}`))
      .finally(() => pending.delete(settled))
    pending.add(settled)
  }

  async function runEvent(requestId: string, { fn, ref, payload }: Invoke): Promise<void> {
    const invocation = await invocations.invoke({
      requestId,
      fn,
      qualifier: ref.qualifier,
      payload,
      maximumAgeMs,
    })
    const behind = functions.find((one) => one.name === fn.onFailure)
    if (invocation.outcome === 'succeeded' || !behind || closed) return
    await failures.deliver(`${behind.name}-queue`, failureRecord(invocation, account), (event) =>
      invocations.invoke({
        requestId: randomUUID(),
        fn: behind,
        qualifier: behind.aliases[0],
        payload: event,
      }),
    )
  }

  async function answer(request: ReceivedRequest, call: Call): Promise<HttpResponse> {
    const requestId = String(call.args.requestId)
    const unsigned = await checkSigV4(request, {
      ...caller,
      region: account.region,
      service: 'lambda',
      now: clock.now(),
    })
    if (unsigned) return refusal(unsigned.status, unsigned.code, unsigned.message)
    const invoke = checkInvoke(request, readInvokeRequest(request), { functions, account, userArn })
    if ('status' in invoke) return invoke
    if (invoke.type === 'DryRun') return dryRun
    if (invoke.type === 'Event') {
      for (let n = deliveries(call); n > 0; n--) inBackground(runEvent(requestId, invoke))
      return accepted
    }
    if (invocations.isFull(invoke.fn)) return throttled()
    const run = invocations.invoke({
      requestId,
      fn: invoke.fn,
      qualifier: invoke.ref.qualifier,
      payload: invoke.payload,
    })
    inBackground(run)
    return synchronousAnswer(await run)
  }

  const server = await startFarEnd({
    calls,
    clock,
    port,
    faults,
    describe(request) {
      const asked = readInvokeRequest(request)
      const requestId = randomUUID()
      if (!asked) return { to: 'lambda', method: `${request.method} ${request.url}`, args: { requestId } }
      const { given, qualifier, type } = asked
      return {
        to: 'lambda',
        method: 'Invoke',
        args: { function: given, qualifier, invocationType: type, requestId },
      }
    },
    async carryOut(request, call) {
      const { status, headers, body } = await answer(request, call)
      return { status, headers: { ...headers, 'x-amzn-requestid': String(call.args.requestId) }, body }
    },
  }).catch(async (error: unknown) => {
    await reaper.close()
    throw error
  })

  return {
    origin: server.origin,
    invocations: invocations.all,
    deadLetters: failures.deadLetters,
    environments: environments.list,
    kill: invocations.kill,
    async idle() {
      while (pending.size > 0) await Promise.allSettled(pending)
    },
    async close() {
      closed = true
      invocations.close()
      failures.close()
      await Promise.all([server.close(), environments.close()])
      await reaper.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
