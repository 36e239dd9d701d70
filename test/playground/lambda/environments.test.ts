import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { AWS_ACCOUNT, CALLER, ROLE } from '../../../playground/account.ts'
import { eventually } from '../../eventually.ts'
import {
  isAlive,
  type LambdaStage,
  openLambdaStage,
  processState,
  temporaryFolder,
  writeBundle,
} from './lambda-stage.ts'

interface Report {
  count: number
  pid: number
  started?: number
  env: Record<string, string>
  argv: string[]
  at: string
  remaining: number
  context: Record<string, unknown>
}

const report = async (response: Promise<Response>) => (await (await response).json()) as Report

/** Invokes two events and returns their invocations while both are running. */
async function twoAtOnce({ invoke, gates, lambda }: LambdaStage) {
  await Promise.all([invoke({ gate: 'one' }, { type: 'Event' }), invoke({ gate: 'two' }, { type: 'Event' })])
  await Promise.all([gates.arrived('one'), gates.arrived('two')])
  const running = (gate: string) =>
    lambda.invocations.find(({ payload }) => (payload as { gate: string }).gate === gate)
  return { one: running('one'), two: running('two') }
}

describe('an execution environment', () => {
  test('runs one invocation at a time, so two at the same time need two environments', async () => {
    const here = await openLambdaStage()
    const { one, two } = await twoAtOnce(here)
    expect(one?.pid).not.toBe(two?.pid)
    expect(here.lambda.environments().filter(({ busy }) => busy)).toHaveLength(2)
    here.gates.open('one')
    here.gates.open('two')
    await here.lambda.idle()
    expect([one?.outcome, two?.outcome]).toEqual(['succeeded', 'succeeded'])
  })

  test('is used again after it answered, and keeps its memory', async () => {
    const { invoke } = await openLambdaStage()
    const first = await report(invoke({}))
    const second = await report(invoke({}))
    expect([second.pid, first.count, second.count]).toEqual([first.pid, 1, 2])
  })

  test('is used again after the function threw', async () => {
    const { invoke, lambda } = await openLambdaStage()
    await invoke({ fail: 'on purpose' })
    expect((await report(invoke({}))).pid).toBe(lambda.invocations[0]?.pid)
  })

  test.each([
    [
      'exited',
      { exit: 3 },
      'failed',
      { errorType: 'Runtime.ExitError', errorMessage: expect.stringContaining('exit status 3') },
    ],
    [
      'left a rejection unhandled',
      { reject: 'late' },
      'failed',
      { errorType: 'Runtime.UnhandledPromiseRejection', errorMessage: 'late' },
    ],
    [
      'ran out of time',
      { gate: 'never' },
      'timed out',
      {
        errorType: 'Sandbox.Timedout',
        errorMessage: expect.stringMatching(/Task timed out after 0\.50 seconds$/),
      },
    ],
  ])('is not used again after it %s', async (_, event, outcome, error) => {
    const { invoke, lambda, answerer } = await openLambdaStage()
    if (outcome === 'timed out') answerer.timeoutSeconds = 0.5
    await invoke(event)
    expect(lambda.invocations[0]).toMatchObject({ outcome, error })
    answerer.timeoutSeconds = 30
    expect((await report(invoke({}))).count).toBe(1)
    expect(lambda.invocations[1]?.pid).not.toBe(lambda.invocations[0]?.pid)
  })

  test('can be killed while another one runs on', async () => {
    const here = await openLambdaStage()
    const { one, two } = await twoAtOnce(here)
    here.lambda.kill(one?.requestId ?? '')
    await eventually(() => expect(one?.outcome).toBe('killed'))
    expect(one?.error).toEqual({
      errorType: 'Runtime.ExitError',
      errorMessage: expect.stringContaining('signal: SIGKILL'),
    })
    expect(two?.outcome).toBe('running')
    here.gates.open('two')
    await here.lambda.idle()
    expect(two?.outcome).toBe('succeeded')
    expect(isAlive(one?.pid)).toBe(false)
    expect((await report(here.invoke({}))).pid).toBe(two?.pid)
  })

  test('is frozen between invocations, and unfinished work goes on in the next one', async () => {
    const { invoke, gates } = await openLambdaStage({ apologist: { invokableByCaller: true } })
    const answer = report(invoke({ leave: ['left', 'further'], gate: 'answer' }))
    await Promise.all([gates.arrived('left'), gates.arrived('answer')])
    gates.open('answer')
    const { pid } = await answer
    await eventually(() => expect(processState(pid)).toBe('T'))
    gates.open('left')
    // Another process starts and answers meanwhile. That is enough time for one that is not frozen.
    await invoke({ Records: [{ attributes: {} }] }, { path: 'apologist:live/invocations' })
    expect(gates.arrivals).not.toContain('further')
    const next = report(invoke({ gate: 'next' }))
    await Promise.all([gates.arrived('next'), gates.arrived('further')])
    gates.open('next')
    expect((await next).pid).toBe(pid)
  })

  test('prints into the log of its invocation, with the stack of an error', async () => {
    const { invoke, lambda } = await openLambdaStage()
    await invoke({ print: 'first' })
    await invoke({ print: 'second', fail: 'on purpose' })
    expect(lambda.invocations[0]?.logs.toSorted()).toEqual(['first', 'first as an error'])
    expect(lambda.invocations[1]?.logs).toHaveLength(3)
    expect(lambda.invocations[1]?.logs).toEqual(
      expect.arrayContaining(['second', expect.stringContaining('TypeError: on purpose')]),
    )
  })

  test('has all its lines in the log when the invocation is over', async () => {
    const { invoke, lambda } = await openLambdaStage()
    await invoke({ lines: 20_000 })
    expect(lambda.invocations[0]?.logs).toHaveLength(20_000)
    await invoke({})
    expect(lambda.invocations[1]?.logs).toEqual([])
  })

  test.each([
    ['throws', 'throw new RangeError("at start")', { errorType: 'RangeError', errorMessage: 'at start' }],
    ['is not JavaScript', 'export const handler = =>', { errorType: 'Runtime.UserCodeSyntaxError' }],
    ['exports no handler', 'export const other = 1', { errorType: 'Runtime.HandlerNotFound' }],
    [
      'exports a handler with a callback',
      'export const handler = (event, context, callback) => callback()',
      { errorType: 'Runtime.CallbackHandlerDeprecated' },
    ],
    [
      'exits',
      'process.exit(7)',
      { errorType: 'Runtime.ExitError', errorMessage: expect.stringContaining('exit status 7') },
    ],
  ])('fails the invocation if its bundle %s at start', async (_, source, error) => {
    const { invoke, lambda } = await openLambdaStage({ answerer: { bundle: await writeBundle(source) } })
    const response = await invoke({})
    expect(response.headers.get('x-amz-function-error')).toBe('Unhandled')
    expect(lambda.invocations[0]).toMatchObject({ outcome: 'failed', error })
    expect(lambda.environments()).toEqual([])
  })
})

describe('a function', () => {
  test('sees Lambda’s variables and its own, and none of the parent’s', async () => {
    vi.stubEnv('VERA_TEST_LEAK', 'leaked')
    onTestFinished(() => void vi.unstubAllEnvs())
    const { invoke, gates } = await openLambdaStage()
    const { env, argv } = await report(invoke({}))
    expect(env).toEqual({
      _HANDLER: 'index.handler',
      AWS_ACCESS_KEY_ID: ROLE.accessKeyId,
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
      AWS_LAMBDA_FUNCTION_NAME: 'answerer',
      AWS_LAMBDA_FUNCTION_VERSION: '1',
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/answerer',
      AWS_LAMBDA_LOG_STREAM_NAME: expect.stringMatching(/^\d{4}\/\d\d\/\d\d\/\[1\][\da-f]{32}$/),
      AWS_REGION: 'us-east-1',
      AWS_SECRET_ACCESS_KEY: ROLE.secretAccessKey,
      AWS_SESSION_TOKEN: ROLE.sessionToken,
      GATES: gates.origin,
      LAMBDA_TASK_ROOT: expect.any(String),
      LANG: 'en_US.UTF-8',
      PATH: '/usr/local/bin:/usr/bin:/bin',
      TZ: 'UTC',
    })
    expect(argv).toEqual(['--enable-source-maps', '--max-old-space-size=256'])
  })

  test('gets the context of its invocation', async () => {
    const { invoke, lambda } = await openLambdaStage({ answerer: { timeoutSeconds: 20 } })
    const { context, remaining, env } = await report(invoke({}))
    expect(context).toEqual({
      awsRequestId: lambda.invocations[0]?.requestId,
      invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:answerer:live',
      functionName: 'answerer',
      functionVersion: '1',
      memoryLimitInMB: '256',
      logGroupName: '/aws/lambda/answerer',
      logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
      callbackWaitsForEmptyEventLoop: true,
    })
    expect(remaining).toBeGreaterThan(0)
    expect(remaining).toBeLessThanOrEqual(20_000)
  })

  test('runs from its own copy of the bundle, with the source map', async () => {
    const here = await openLambdaStage()
    await writeFile(`${here.answerer.bundle}.map`, '{"version":3,"sources":[],"mappings":""}')
    await Promise.all([
      here.invoke({ gate: 'one' }, { type: 'Event' }),
      here.invoke({ gate: 'two' }, { type: 'Event' }),
    ])
    await Promise.all([here.gates.arrived('one'), here.gates.arrived('two')])
    here.gates.open('one')
    here.gates.open('two')
    await here.lambda.idle()
    const copies = here.lambda.invocations.map(({ response }) =>
      fileURLToPath((JSON.parse(response ?? '') as Report).at),
    )
    expect(new Set([...copies, here.answerer.bundle]).size).toBe(3)
    for (const copy of copies) expect(existsSync(join(dirname(copy), 'bundle.mjs.map'))).toBe(true)
    await here.lambda.close()
    for (const copy of copies) expect(existsSync(dirname(copy))).toBe(false)
  })
})

describe('no process remains', () => {
  test('after close(): no busy one, no frozen one, and nothing that one of them started', async () => {
    const { invoke, lambda, gates } = await openLambdaStage()
    const { pid, started } = await report(invoke({ start: true }))
    await invoke({ gate: 'held' }, { type: 'Event', path: 'answerer:live/invocations' })
    await gates.arrived('held')
    const again = report(invoke({}))
    const { pid: second } = await again
    expect([pid, started, second].map(isAlive)).toEqual([true, true, true])
    await lambda.close()
    expect([pid, started, second].map(isAlive)).toEqual([false, false, false])
    expect(lambda.invocations.map(({ outcome }) => outcome)).toEqual(['succeeded', 'killed', 'succeeded'])
  })

  test('after the parent was killed, not even a frozen one', async () => {
    const { gates } = await openLambdaStage()
    const folder = await temporaryFolder()
    const script = join(folder, 'parent.mts')
    const playground = new URL('../../../playground/', import.meta.url).href
    const common = {
      aliases: ['live'],
      bundle: await writeBundle(),
      timeoutSeconds: 30,
      memoryMb: 128,
      invokableByCaller: true,
    }
    const functions = ['frozen', 'busy'].map((name) => ({
      ...common,
      name,
      export: 'handler',
      environment: { GATES: gates.origin },
    }))
    await writeFile(
      script,
      `import { AwsClient } from ${JSON.stringify(import.meta.resolve('aws4fetch'))}
      import { createCalls } from '${playground}calls.ts'
      import { startLambda } from '${playground}lambda/lambda.ts'
      const options = ${JSON.stringify({ ...AWS_ACCOUNT, caller: CALLER, role: ROLE, functions })}
      const lambda = await startLambda({ ...options, calls: createCalls() })
      const aws = new AwsClient({ ...options.caller, service: 'lambda', region: options.region, retries: 0 })
      const invoke = (name, event, type) => aws.fetch(lambda.origin + '/2015-03-31/functions/' + name + ':live/invocations',
        { method: 'POST', body: JSON.stringify(event), headers: { 'X-Amz-Invocation-Type': type } })
      const frozen = await (await invoke('frozen', {}, 'RequestResponse')).json()
      await invoke('busy', { gate: 'busy' }, 'Event')
      while (lambda.invocations[1].pid === undefined) await new Promise(setImmediate)
      console.log(JSON.stringify({ pids: [frozen.pid, lambda.invocations[1].pid], root: frozen.env.LAMBDA_TASK_ROOT }))`,
    )
    const parent = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] })
    onTestFinished(() => void parent.kill('SIGKILL'))
    const line = await new Promise<string>((resolve) =>
      createInterface({ input: parent.stdout }).once('line', resolve),
    )
    const { pids, root } = JSON.parse(line) as { pids: number[]; root: string }
    await gates.arrived('busy')
    await eventually(() => expect(processState(pids[0])).toBe('T'))
    expect(isAlive(pids[1])).toBe(true)
    parent.kill('SIGKILL')
    await eventually(() => expect(pids.map(isAlive)).toEqual([false, false]))
    await eventually(() => expect(existsSync(dirname(root))).toBe(false))
  })
})
