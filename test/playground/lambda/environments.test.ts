import { describe, expect, test } from 'vitest'
import { eventually } from '../../eventually.ts'
import {
  isAlive,
  type LambdaStage,
  openLambdaStage,
  processState,
  report,
  writeBundle,
} from './lambda-stage.ts'

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
