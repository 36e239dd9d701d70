import { describe, expect, test } from 'vitest'
import { ARN, openLambdaStage, refusalOf } from './lambda-stage.ts'

describe('an Invoke', () => {
  test.each([
    [
      'of an unknown function',
      'nobody/invocations?Qualifier=live',
      404,
      'ResourceNotFoundException',
      `Function not found: ${ARN}:nobody:live`,
    ],
    [
      'of an unknown alias',
      'answerer:next/invocations',
      404,
      'ResourceNotFoundException',
      `Function not found: ${ARN}:answerer:next`,
    ],
    [
      'of a function of another account',
      `${encodeURIComponent('arn:aws:lambda:us-east-1:111111111111:function:answerer:live')}/invocations`,
      404,
      'ResourceNotFoundException',
      'Function not found: arn:aws:lambda:us-east-1:111111111111:function:answerer:live',
    ],
    [
      'with two different qualifiers',
      'answerer:live/invocations?Qualifier=next',
      400,
      'InvalidParameterValueException',
      'The derived qualifier from the function name does not match the specified qualifier.',
    ],
    [
      'with an invalid function name',
      'an%20swerer/invocations',
      400,
      'ValidationException',
      expect.stringContaining("at 'functionName' failed"),
    ],
    [
      'whose path is another operation',
      'answerer/configuration',
      403,
      'AccessDeniedException',
      'Unable to determine service/operation name to be authorized',
    ],
  ])('%s is refused', async (_, path, status, type, message) => {
    const { invoke, lambda } = await openLambdaStage()
    expect(await refusalOf(await invoke({}, { path }))).toEqual({ status, type, message })
    expect(lambda.invocations).toEqual([])
  })

  test.each([
    ['without an alias', 'answerer/invocations', 'answerer'],
    ['of $LATEST', 'answerer:%24LATEST/invocations', 'answerer:$LATEST'],
    ['of the published version', 'answerer:1/invocations', 'answerer:1'],
    ['of a function that is not for the edge', 'apologist:live/invocations', 'apologist:live'],
  ])('%s is not allowed with the edge’s key', async (_, path, resource) => {
    const { invoke } = await openLambdaStage()
    const message = `is not authorized to perform: lambda:InvokeFunction on resource: ${ARN}:${resource} because`
    const refusal = { status: 403, type: 'AccessDeniedException', message: expect.stringContaining(message) }
    expect(await refusalOf(await invoke({}, { path }))).toEqual(refusal)
  })

  test('with a body that is not JSON is refused', async () => {
    const { invoke } = await openLambdaStage()
    const refusal = {
      status: 400,
      type: 'InvalidRequestContentException',
      message: expect.stringContaining('Could not parse'),
    }
    expect(await refusalOf(await invoke('{"half":', { type: 'Event' }))).toEqual(refusal)
  })

  test('with an unknown invocation type is refused', async () => {
    const { invoke } = await openLambdaStage()
    expect(await refusalOf(await invoke({}, { type: 'Sometime' }))).toMatchObject({
      status: 400,
      type: 'ValidationException',
    })
  })

  test('with an event of more than 1 MB is refused, and with exactly 1 MB accepted', async () => {
    const { invoke } = await openLambdaStage()
    const event = (bytes: number) => JSON.stringify('x'.repeat(bytes - 2))
    expect(await refusalOf(await invoke(event(1_048_577), { type: 'Event' }))).toMatchObject({
      status: 413,
      type: 'RequestTooLargeException',
    })
    expect((await invoke(event(1_048_576), { type: 'DryRun' })).status).toBe(204)
  })

  test.each([
    ['the alias as a parameter', 'answerer/invocations?Qualifier=live'],
    ['the alias after the name', 'answerer:live/invocations'],
    ['an ARN', `${encodeURIComponent(`${ARN}:answerer:live`)}/invocations`],
    ['a slash at its end', 'answerer:live/invocations/'],
  ])('with %s finds the function', async (_, path) => {
    const { invoke } = await openLambdaStage()
    const response = await invoke({}, { path })
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({ context: { invokedFunctionArn: `${ARN}:answerer:live` } })
  })
})

describe('the answer of Invoke', () => {
  test('to an event is 202 while the function is still running', async () => {
    const { invoke, lambda, gates, calls } = await openLambdaStage()
    const response = await invoke({ gate: 'work' }, { type: 'Event' })
    expect(response.status).toBe(202)
    expect(await response.text()).toBe('')
    await gates.arrived('work')
    expect(lambda.invocations[0]).toMatchObject({
      outcome: 'running',
      requestId: response.headers.get('x-amzn-requestid'),
    })
    gates.open('work')
    await lambda.idle()
    expect(lambda.invocations[0]?.outcome).toBe('succeeded')
    expect(calls.all).toMatchObject([
      {
        to: 'lambda',
        method: 'Invoke',
        args: {
          function: 'answerer',
          qualifier: 'live',
          invocationType: 'Event',
          requestId: lambda.invocations[0]?.requestId,
        },
        status: 202,
      },
    ])
  })

  test('to a synchronous invocation is the function’s return value', async () => {
    const { invoke, lambda } = await openLambdaStage()
    const response = await invoke({})
    expect(response.status).toBe(200)
    expect(response.headers.get('x-amz-executed-version')).toBe('1')
    expect(response.headers.get('x-amz-function-error')).toBeNull()
    expect(await response.json()).toMatchObject({ pid: lambda.invocations[0]?.pid })
  })

  test('to a synchronous invocation that throws is 200 with the error in the body', async () => {
    const { invoke } = await openLambdaStage()
    const response = await invoke({ fail: 'on purpose' })
    expect(response.status).toBe(200)
    expect(response.headers.get('x-amz-function-error')).toBe('Unhandled')
    expect(await response.json()).toMatchObject({ errorType: 'TypeError', errorMessage: 'on purpose' })
  })

  test('over the reserved concurrency is 429, but an event is accepted and runs later', async () => {
    const { invoke, lambda, gates } = await openLambdaStage({ answerer: { reservedConcurrency: 1 } })
    await invoke({ gate: 'first' }, { type: 'Event' })
    await gates.arrived('first')
    const throttled = await invoke({})
    expect(throttled.headers.get('retry-after')).toBe('1')
    expect(await refusalOf(throttled)).toMatchObject({ status: 429, type: 'TooManyRequestsException' })
    expect((await invoke({}, { type: 'Event' })).status).toBe(202)
    expect(lambda.invocations[1]?.outcome).toBe('waiting')
    gates.open('first')
    await lambda.idle()
    expect((await invoke({})).status).toBe(200)
    expect(lambda.invocations.map(({ outcome }) => outcome)).toEqual(['succeeded', 'succeeded', 'succeeded'])
  })

  test('to events over the reserved concurrency is 202, and they run in their order', async () => {
    const { invoke, lambda, gates } = await openLambdaStage({ answerer: { reservedConcurrency: 1 } })
    for (const gate of ['first', 'second', 'third'])
      expect((await invoke({ gate }, { type: 'Event' })).status).toBe(202)
    for (const gate of ['first', 'second', 'third']) {
      await gates.arrived(gate)
      gates.open(gate)
    }
    await lambda.idle()
    expect(gates.arrivals).toEqual(['first', 'second', 'third'])
  })

  test('can be lost or replaced by a fault, with or without an invocation', async () => {
    const faults = [
      { kind: 'cut', carriedOut: true },
      { kind: 'cut' },
      { kind: 'answer', status: 500 },
    ] as const
    const { invoke, lambda, calls } = await openLambdaStage({ faults: () => faults[calls.all.length - 1] })
    await expect(invoke({ n: 1 }, { type: 'Event' })).rejects.toThrow()
    await expect(invoke({ n: 2 }, { type: 'Event' })).rejects.toThrow()
    expect((await invoke({ n: 3 }, { type: 'Event' })).status).toBe(500)
    await lambda.idle()
    expect(lambda.invocations.map(({ payload }) => payload)).toEqual([{ n: 1 }])
    expect(calls.all.map(({ status }) => status)).toEqual([0, 0, 500])
  })
})
