import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AwsClient } from 'aws4fetch'
import { onTestFinished } from 'vitest'
import { AWS_ACCOUNT, CALLER, ROLE } from '../../../playground/account.ts'
import { type Calls, createCalls } from '../../../playground/calls.ts'
import { systemClock } from '../../../playground/clock.ts'
import type { LambdaFunction } from '../../../playground/lambda/function.ts'
import { type Lambda, type LambdaOptions, startLambda } from '../../../playground/lambda/lambda.ts'

export const ARN = 'arn:aws:lambda:us-east-1:000000000000:function'

/** The functions of these tests. Their event says what they do. */
const BUNDLE = `
import { spawn } from 'node:child_process'
const at = async (gate) => { if (gate) await (await fetch(process.env.GATES + '/' + gate)).text() }
let count = 0
export const handler = async (event, context) => {
  count += 1
  const remaining = context.getRemainingTimeInMillis()
  if (event.print) console.log(event.print), console.error(event.print + ' as an error')
  for (let line = 1; line <= (event.lines ?? 0); line++) console.log('line ' + line)
  if (event.leave) void at(event.leave[0]).then(() => at(event.leave[1]))
  await at(event.gate)
  if (event.fail) throw new TypeError(event.fail)
  if (event.exit) process.exit(event.exit)
  if (event.reject) { void Promise.reject(new Error(event.reject)); await new Promise(() => {}) }
  const started = event.start ? spawn('sleep', ['600']).pid : undefined
  return { count, pid: process.pid, started, env: process.env, argv: process.execArgv, at: import.meta.url, remaining, context }
}
export const apologize = async ({ Records }) => {
  const { messageId, attributes } = Records[0]
  await at(process.env.APOLOGY_GATE)
  if (Number(attributes.ApproximateReceiveCount) > Number(process.env.APOLOGY_FAILURES ?? 0)) return { batchItemFailures: [] }
  if (process.env.APOLOGY_THROWS) throw new Error('no apology')
  return { batchItemFailures: [{ itemIdentifier: messageId }] }
}
`

/** Holds functions at named points: a function that requests a gate goes on when the test opens it. */
export interface Gates {
  origin: string
  arrived(gate: string): Promise<void>
  arrivals: readonly string[]
  open(gate: string): void
}

async function startGates(): Promise<Gates> {
  const held = new Map<string, ServerResponse>()
  const arrivals: string[] = []
  const watchers = new Set<() => void>()
  const server = createServer((request, response) => {
    const gate = (request.url ?? '').slice(1)
    held.set(gate, response)
    arrivals.push(gate)
    for (const watcher of watchers) watcher()
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    arrivals,
    open: (gate) => void held.get(gate)?.end(),
    arrived: (gate) =>
      new Promise((resolve) => {
        const look = () => {
          if (!arrivals.includes(gate)) return
          watchers.delete(look)
          resolve()
        }
        watchers.add(look)
        look()
      }),
  }
}

export interface LambdaStage {
  lambda: Lambda
  calls: Calls
  gates: Gates
  answerer: LambdaFunction
  /** `path` follows `/2015-03-31/functions/`. `ageSeconds` is the signature's age by Lambda's clock. */
  invoke(
    event: unknown,
    options?: { type?: string; path?: string; client?: AwsClient; ageSeconds?: number },
  ): Promise<Response>
}

/** Creates a temporary folder and removes it after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'vera-test-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

export async function writeBundle(source = BUNDLE): Promise<string> {
  const path = join(await temporaryFolder(), 'bundle.mjs')
  await writeFile(path, source)
  return path
}

/** Starts Lambda with the functions `answerer:live` and `apologist:live` for one test. */
export async function openLambdaStage(
  options: Partial<LambdaOptions> & {
    answerer?: Partial<LambdaFunction>
    apologist?: Partial<LambdaFunction>
  } = {},
): Promise<LambdaStage> {
  const { clock = systemClock } = options
  const gates = await startGates()
  const calls = createCalls()
  const bundle = options.answerer?.bundle ?? (await writeBundle())
  const both = {
    aliases: ['live'],
    bundle,
    environment: { GATES: gates.origin },
    timeoutSeconds: 30,
    memoryMb: 256,
  }
  const answerer: LambdaFunction = {
    ...both,
    name: 'answerer',
    export: 'handler',
    invokableByCaller: true,
    onFailure: 'apologist',
    ...options.answerer,
  }
  const apologist: LambdaFunction = {
    ...both,
    name: 'apologist',
    export: 'apologize',
    invokableByCaller: false,
    ...options.apologist,
  }
  apologist.environment = { ...both.environment, ...apologist.environment }
  const lambda = await startLambda({
    ...AWS_ACCOUNT,
    calls,
    caller: CALLER,
    role: ROLE,
    functions: [answerer, apologist],
    ...options,
  })
  onTestFinished(() => lambda.close())
  return {
    lambda,
    calls,
    gates,
    answerer,
    invoke(
      event,
      { type, path = 'answerer/invocations?Qualifier=live', client = edge(), ageSeconds = 0 } = {},
    ) {
      const headers: Record<string, string> = type === undefined ? {} : { 'X-Amz-Invocation-Type': type }
      const body = typeof event === 'string' ? event : JSON.stringify(event)
      const datetime = basicDate(clock.now() - ageSeconds * 1000)
      const url = `${lambda.origin}/2015-03-31/functions/${path}`
      return client.fetch(url, { method: 'POST', headers, body, aws: { datetime } })
    },
  }
}

/** The form of dates in signatures: `20261123T101500Z`. */
const basicDate = (ms: number) => new Date(ms).toISOString().replace(/[-:]|\.\d{3}/g, '')

/** A client with the edge's key. */
export function edge(changes: Partial<ConstructorParameters<typeof AwsClient>[0]> = {}): AwsClient {
  return new AwsClient({ ...CALLER, service: 'lambda', region: AWS_ACCOUNT.region, retries: 0, ...changes })
}

/** The letter for a process's state: T is stopped, Z is a zombie. Empty if there is no such process. */
export function processState(pid: number | undefined): string {
  try {
    // The state follows the program's name, which is in brackets and may hold any characters.
    if (process.platform === 'linux')
      return readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .slice(0, 1)
    return execFileSync('ps', ['-o', 'state=', '-p', String(pid)], { encoding: 'utf8' })
      .trim()
      .slice(0, 1)
  } catch {
    return ''
  }
}

export const isAlive = (pid: number | undefined) => !['', 'Z'].includes(processState(pid))

/** The answer of Lambda to a request that it refuses. */
export async function refusalOf(response: Response) {
  const { message } = (await response.json()) as { message: string }
  return { status: response.status, type: response.headers.get('x-amzn-errortype'), message }
}

/** What the function of these tests returns. */
export interface Report {
  count: number
  pid: number
  started?: number
  env: Record<string, string>
  argv: string[]
  at: string
  remaining: number
  context: Record<string, unknown>
}

export const report = async (response: Promise<Response>) => (await (await response).json()) as Report
