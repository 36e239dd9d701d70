import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { FailureRecord } from '../../../playground/lambda/on-failure.ts'
import { eventually } from '../../eventually.ts'
import { createFakeClock } from '../fake-clock.ts'
import { type LambdaStage, openLambdaStage } from './lambda-stage.ts'

interface Message {
  messageId: string
  body: string
  attributes: Record<string, string>
}

const apologies = ({ lambda }: LambdaStage) =>
  lambda.invocations.filter(({ functionName }) => functionName === 'apologist')
const messages = (here: LambdaStage) =>
  apologies(here).map(({ payload }) => (payload as { Records: Message[] }).Records)
const recordOf = (here: LambdaStage) => JSON.parse(messages(here)[0]?.[0]?.body ?? 'null') as FailureRecord

/** A call that takes a moment, in which Lambda would do whatever the clock has made due. */
const elsewhere = ({ invoke }: LambdaStage) => invoke({}, { type: 'DryRun' })

describe('the on-failure queue', () => {
  test('gets the record of an event that threw, which is not retried, in the form of SQS', async () => {
    const here = await openLambdaStage()
    await here.invoke({ fail: 'on purpose' }, { type: 'Event' })
    await here.lambda.idle()
    const [failed, apology] = here.lambda.invocations
    expect(here.lambda.invocations).toHaveLength(2)
    expect(recordOf(here)).toEqual({
      version: '1.0',
      timestamp: new Date(failed?.endedAt ?? 0).toISOString(),
      requestContext: {
        requestId: failed?.requestId,
        functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:answerer:live',
        condition: 'RetriesExhausted',
        approximateInvokeCount: 1,
      },
      requestPayload: { fail: 'on purpose' },
      responseContext: { statusCode: 200, executedVersion: '1', functionError: 'Unhandled' },
      responsePayload: { errorType: 'TypeError', errorMessage: 'on purpose', trace: expect.any(Array) },
    })
    const [message] = messages(here)[0] ?? []
    expect(apology?.payload).toEqual({
      Records: [
        {
          messageId: expect.stringMatching(/^[\da-f-]{36}$/),
          receiptHandle: expect.any(String),
          body: expect.any(String),
          attributes: {
            ApproximateReceiveCount: '1',
            SentTimestamp: expect.stringMatching(/^\d{13}$/),
            SenderId: expect.any(String),
            ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
          },
          messageAttributes: {},
          md5OfBody: createHash('md5')
            .update(message?.body ?? '')
            .digest('hex'),
          eventSource: 'aws:sqs',
          eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:apologist-queue',
          awsRegion: 'us-east-1',
        },
      ],
    })
  })

  test('gets the record of an event whose process was killed, while another event runs on', async () => {
    const here = await openLambdaStage()
    await Promise.all([
      here.invoke({ gate: 'one' }, { type: 'Event' }),
      here.invoke({ gate: 'two' }, { type: 'Event' }),
    ])
    await Promise.all([here.gates.arrived('one'), here.gates.arrived('two')])
    const [killed, other] = here.lambda.invocations
    here.lambda.kill(killed?.requestId ?? '')
    await eventually(() => expect(apologies(here)[0]?.outcome).toBe('succeeded'))
    expect(recordOf(here)).toMatchObject({
      requestContext: { requestId: killed?.requestId, condition: 'RetriesExhausted' },
      requestPayload: killed?.payload,
      responsePayload: { errorType: 'Runtime.ExitError' },
    })
    expect(other?.outcome).toBe('running')
    for (const gate of ['one', 'two']) here.gates.open(gate)
    await here.lambda.idle()
    expect(other?.outcome).toBe('succeeded')
    expect(apologies(here)).toHaveLength(1)
  })

  test('gets the record of an event that ran out of time', async () => {
    const here = await openLambdaStage({ answerer: { timeoutSeconds: 0.3 } })
    await here.invoke({ gate: 'never' }, { type: 'Event' })
    await here.lambda.idle()
    expect(recordOf(here)).toMatchObject({ responsePayload: { errorType: 'Sandbox.Timedout' } })
  })

  test('gets a record without a response of an event that waited too long and never ran', async () => {
    const clock = createFakeClock()
    const here = await openLambdaStage({
      clock,
      maximumEventAgeSeconds: 60,
      answerer: { reservedConcurrency: 0 },
    })
    await here.invoke({ n: 1 }, { type: 'Event' })
    clock.advance(59_999)
    await elsewhere(here)
    expect(here.lambda.invocations[0]?.outcome).toBe('waiting')
    clock.advance(1)
    await here.lambda.idle()
    expect(here.lambda.invocations[0]).toMatchObject({ outcome: 'expired' })
    expect(here.lambda.invocations[0]?.pid).toBeUndefined()
    expect(recordOf(here)).toEqual({
      version: '1.0',
      timestamp: expect.any(String),
      requestContext: expect.objectContaining({
        condition: 'EventAgeExceeded',
        requestId: here.lambda.invocations[0]?.requestId,
      }),
      requestPayload: { n: 1 },
    })
  })

  test('gets nothing of a synchronous invocation that threw or of an event that succeeded', async () => {
    const here = await openLambdaStage()
    await here.invoke({ fail: 'on purpose' })
    await here.invoke({}, { type: 'Event' })
    await here.lambda.idle()
    expect(here.lambda.invocations.map(({ functionName, outcome }) => [functionName, outcome])).toEqual([
      ['answerer', 'failed'],
      ['answerer', 'succeeded'],
    ])
  })
})

describe('a failure record', () => {
  test.each([
    ['reports a batch item failure', {}],
    ['throws', { APOLOGY_THROWS: 'yes' }],
  ])(
    'is delivered again after the visibility timeout if the function %s',
    async (_, environment: Record<string, string>) => {
      const clock = createFakeClock()
      const here = await openLambdaStage({
        clock,
        failureQueue: { visibilityTimeoutMs: 30_000 },
        apologist: { environment: { APOLOGY_FAILURES: '1', ...environment } },
      })
      await here.invoke({ fail: 'on purpose' }, { type: 'Event' })
      await clock.waitedFor(30_000)
      clock.advance(29_999)
      await elsewhere(here)
      expect(apologies(here)).toHaveLength(1)
      clock.advance(1)
      await here.lambda.idle()
      const [first, second] = messages(here).flat()
      expect(second).toMatchObject({
        messageId: first?.messageId,
        body: first?.body,
        attributes: {
          ApproximateReceiveCount: '2',
          SentTimestamp: first?.attributes.SentTimestamp,
          ApproximateFirstReceiveTimestamp: first?.attributes.SentTimestamp,
        },
      })
      expect(apologies(here)).toHaveLength(2)
      expect(here.lambda.deadLetters).toEqual([])
    },
  )

  test('is delivered again after the visibility timeout, counted from its delivery', async () => {
    const clock = createFakeClock()
    const here = await openLambdaStage({
      clock,
      failureQueue: { visibilityTimeoutMs: 30_000 },
      apologist: { environment: { APOLOGY_FAILURES: '1', APOLOGY_GATE: 'apology' } },
    })
    await here.invoke({ fail: 'on purpose' }, { type: 'Event' })
    await here.gates.arrived('apology')
    clock.advance(10_000)
    here.gates.open('apology')
    await clock.waitedFor(20_000)
    clock.advance(20_000)
    await eventually(() => expect(here.gates.arrivals).toEqual(['apology', 'apology']))
    here.gates.open('apology')
    await here.lambda.idle()
    expect(apologies(here).map(({ outcome }) => outcome)).toEqual(['succeeded', 'succeeded'])
  })

  test('becomes a dead letter after maxReceiveCount deliveries that the function did not take', async () => {
    const here = await openLambdaStage({
      failureQueue: { visibilityTimeoutMs: 0, maxReceiveCount: 3 },
      apologist: { environment: { APOLOGY_FAILURES: '99' } },
    })
    await here.invoke({ fail: 'on purpose' }, { type: 'Event' })
    await here.lambda.idle()
    expect(apologies(here)).toHaveLength(3)
    expect(here.lambda.deadLetters).toMatchObject([
      { queue: 'apologist-queue', receiveCount: 3, record: { requestPayload: { fail: 'on purpose' } } },
    ])
  })

  test('keeps idle() waiting until it is delivered', async () => {
    const clock = createFakeClock()
    const here = await openLambdaStage({ clock, apologist: { environment: { APOLOGY_FAILURES: '1' } } })
    await here.invoke({ fail: 'on purpose' }, { type: 'Event' })
    await clock.waitedFor(30_000)
    const idle = here.lambda.idle().then(() => apologies(here).length)
    clock.advance(30_000)
    expect(await idle).toBe(2)
  })
})

test('an event with two deliveries runs in two processes with the same request id', async () => {
  const here = await openLambdaStage({ deliveries: () => 2 })
  await here.invoke({ gate: 'both' }, { type: 'Event' })
  await eventually(() => expect(here.gates.arrivals).toEqual(['both', 'both']))
  const [first, second] = here.lambda.invocations
  expect(first?.requestId).toBe(second?.requestId)
  expect(first?.pid).not.toBe(second?.pid)
})
