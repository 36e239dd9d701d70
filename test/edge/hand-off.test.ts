import { createExecutionContext, createMessageBatch, getQueueResult } from 'cloudflare:test'
import { AwsV4Signer } from 'aws4fetch'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import type { Handoff } from '../../backend/handoff.ts'
import type { Credentials } from '../../edge/credentials.ts'
import { QUEUE_TIMEOUT_MS } from '../../edge/hand-off.ts'
import { createInvoke, INVOKE_TIMEOUT_MS } from '../../edge/invoke.ts'
import { createQueueConsumer, delaySeconds, MAX_RETRIES } from '../../edge/queue-consumer.ts'
import { createEdge, type FakeEdge, type Invocation } from './edge.ts'
import { click, command, envelope, mention, NOW_MS, TURN_ID, tryAgain } from './slack-request.ts'

let edge: FakeEdge
beforeEach(() => {
  edge = createEdge()
})

const down = async () => new Response('down', { status: 500 })
const full = async () => Promise.reject(new Error('the queue is full'))

const CALLER = { accessKeyId: 'AKIAFAKEEDGE', secretAccessKey: 'fake-edge-secret' }

function expectedSignature({ url, headers, body }: Invocation, credentials: Credentials): Promise<string> {
  return new AwsV4Signer({
    ...credentials,
    method: 'POST',
    url,
    headers: { 'x-amz-invocation-type': 'Event' },
    body,
    service: 'lambda',
    region: 'us-east-1',
    datetime: headers.get('x-amz-date') ?? '',
  }).authHeader()
}

describe('an invoke', () => {
  test('is asynchronous, addresses the alias, and is signed with the key from the secrets', async () => {
    await edge.event(envelope(mention()))
    const [{ url, headers } = { url: '', headers: new Headers() }] = edge.invokes
    expect(url).toBe(
      'https://lambda.us-east-1.amazonaws.com/2015-03-31/functions/vera-answer%3Alive/invocations',
    )
    expect(headers.get('x-amz-invocation-type')).toBe('Event')
    expect(headers.get('authorization')).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIAFAKEEDGE\/\d{8}\/us-east-1\/lambda\/aws4_request/,
    )
  })

  test('has the same signature as aws4fetch computes from scratch, also after midnight', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    try {
      for (const [n, day] of ['2026-12-30T23:59:59Z', '2026-12-31T00:00:01Z'].entries()) {
        vi.setSystemTime(new Date(day))
        await edge.event(envelope(mention({ text: `<@U00VERA> question ${n}` })))
      }
    } finally {
      vi.useRealTimers()
    }
    expect(edge.invokes.map(({ headers }) => headers.get('x-amz-date'))).toEqual([
      '20261230T235959Z',
      '20261231T000001Z',
    ])
    for (const invocation of edge.invokes)
      expect(invocation.headers.get('authorization')).toBe(await expectedSignature(invocation, CALLER))
  })

  test('is signed with the current credentials, also if they are temporary', async () => {
    const first = {
      accessKeyId: 'AKIAFAKEFIRST',
      secretAccessKey: 'fake-first',
      sessionToken: 'fake-token-1',
    }
    const second = { accessKeyId: 'AKIAFAKESECOND', secretAccessKey: 'fake-second' }
    const provided = [first, first, second]
    const sent: Invocation[] = []
    const invoke = createInvoke(
      edge.env,
      async (input, init) => {
        const { url, headers } = new Request(input, init)
        sent.push({ url, headers, body: String(init?.body), handoff: JSON.parse(String(init?.body)) })
        return new Response(null, { status: 202 })
      },
      async () => provided[sent.length] ?? second,
    )
    await edge.event(envelope(mention()))
    const [{ handoff } = {}] = edge.invokes
    for (const _ of provided) if (handoff) await invoke(handoff)
    expect(sent.map(({ headers }) => headers.get('x-amz-security-token'))).toEqual([
      'fake-token-1',
      'fake-token-1',
      null,
    ])
    for (const [n, invocation] of sent.entries())
      expect(invocation.headers.get('authorization')).toBe(
        await expectedSignature(invocation, provided[n] ?? second),
      )
  })

  test('is attempted once, and its response is read so that the connection is free again', async () => {
    const answer = new Response('{"message":"busy"}', { status: 429 })
    edge.lambda = async () => answer
    await edge.event(envelope(mention()))
    expect(edge.invokes).toHaveLength(1)
    expect(answer.bodyUsed).toBe(true)
  })
})

describe('if Lambda does not accept a handoff, the queue gets it', () => {
  test.each<[string, () => Promise<Response>]>([
    ['429', async () => new Response('{}', { status: 429 })],
    ['500', down],
    ['403', async () => new Response('{}', { status: 403 })],
    ['200 and garbage', async () => new Response('garbage', { status: 200 })],
    ['connection reset', async () => Promise.reject(new TypeError('connection reset'))],
  ])('Lambda: %s', async (_, answer) => {
    edge.lambda = answer
    expect((await edge.event(envelope(mention()))).status).toBe(200)
    expect(edge.queued).toEqual([{ handoff: edge.invokes[0]?.handoff, contentType: 'json' }])
  })

  test('Lambda: no response. Both time limits together leave 0.9 s of the 3 s that Slack waits', async () => {
    vi.useFakeTimers()
    vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
      const controller = new AbortController()
      setTimeout(() => controller.abort(new DOMException('timed out', 'TimeoutError')), ms)
      return controller.signal
    })
    const invoked = Promise.withResolvers<void>()
    const queued = Promise.withResolvers<void>()
    edge.lambda = (signal) => {
      invoked.resolve()
      return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)))
    }
    edge.queue = () => {
      queued.resolve()
      return new Promise(() => undefined)
    }
    try {
      const response = edge.event(envelope(mention()))
      await invoked.promise
      await vi.advanceTimersByTimeAsync(INVOKE_TIMEOUT_MS - 1)
      expect(edge.queued).toEqual([])
      await vi.advanceTimersByTimeAsync(1)
      await queued.promise
      await vi.advanceTimersByTimeAsync(QUEUE_TIMEOUT_MS)
      expect((await response).status).toBe(503)
    } finally {
      vi.restoreAllMocks()
      vi.useRealTimers()
    }
    expect(INVOKE_TIMEOUT_MS + QUEUE_TIMEOUT_MS).toBeLessThan(2_100)
  })
})

describe('if the queue fails too', () => {
  beforeEach(() => {
    edge.lambda = down
    edge.queue = full
  })

  test('an event gets a 503, so that Slack sends it again', async () => {
    expect((await edge.event(envelope(mention()))).status).toBe(503)
  })

  test('a command gets a sentence in its response, because Slack does not retry it', async () => {
    const response = await edge.command(command())
    expect([response.status, await response.json()]).toEqual([
      200,
      { response_type: 'ephemeral', text: expect.stringContaining("couldn't take your question") },
    ])
  })

  test('a click is acknowledged, and the person gets a sentence through response_url', async () => {
    const response = await edge.click(click(tryAgain()))
    expect([response.status, await response.text()]).toEqual([200, ''])
    expect(edge.responseUrlPosts).toEqual([
      {
        url: 'https://hooks.slack.com/actions/T00FAKE/1/fake',
        body: expect.objectContaining({
          response_type: 'ephemeral',
          text: expect.stringContaining("didn't reach me"),
        }),
      },
    ])
  })

  test.each([
    'https://hooks.slack.com.evil.example/x',
    'http://hooks.slack.com/x',
    'https://hooks.evil.example/x',
    undefined,
  ])('a click with the response_url %s posts nothing', async (response_url) => {
    expect((await edge.click(click(tryAgain(), { response_url }))).status).toBe(200)
    expect(edge.responseUrlPosts).toEqual([])
  })
})

describe('an event that Slack sends again', () => {
  const again = { headers: { 'x-slack-retry-num': '1', 'x-slack-retry-reason': 'http_timeout' } }

  test('is handed off again with its retry number, because the backend removes duplicates', async () => {
    await edge.event(envelope(mention()))
    expect((await edge.event(envelope(mention()), again)).status).toBe(200)
    expect(edge.invokes.map(({ handoff }) => handoff)).toMatchObject([
      { kind: 'turn', id: TURN_ID, slackRetryNum: 0 },
      { kind: 'turn', id: TURN_ID, slackRetryNum: 1 },
    ])
  })
})

describe('the queue consumer', () => {
  const handoff = (n: number) =>
    ({ kind: 'turn', id: `A00FAKE:T00FAKE:C00GENERAL:${n}`, receivedAt: NOW_MS - 7_200_000 }) as Handoff

  async function consume(answers: number[], attempts = 1) {
    let inFlight = 0
    let most = 0
    // Lambda answers nothing until six invokes wait for it, and no seventh arrives.
    const firstWave = Promise.withResolvers<void>()
    const sent: Handoff[] = []
    const run = createQueueConsumer({
      now: () => NOW_MS,
      async fetch(input, init) {
        const body = (await new Request(input, init).json()) as Handoff
        sent.push(body)
        most = Math.max(most, ++inFlight)
        if (inFlight === Math.min(6, answers.length)) setTimeout(firstWave.resolve, 0)
        await firstWave.promise
        inFlight--
        return new Response(null, {
          status: answers['id' in body ? Number(body.id.split(':')[3]) : 0] ?? 202,
        })
      },
    })
    const batch = createMessageBatch<Handoff>(
      'vera-handoffs',
      answers.map((_, n) => ({ id: `m${n}`, timestamp: new Date(NOW_MS), attempts, body: handoff(n) })),
    )
    const delays: unknown[] = []
    for (const message of batch.messages) {
      const retry = message.retry.bind(message)
      vi.spyOn(message, 'retry').mockImplementation((options) => {
        delays.push(options?.delaySeconds)
        retry(options)
      })
    }
    const ctx = createExecutionContext()
    await run(batch, edge.env)
    return { result: await getQueueResult(batch, ctx), delays, sent, most }
  }

  test('acknowledges the messages that Lambda accepted, and retries each of the others', async () => {
    const { result, delays, sent } = await consume([202, 500, 202, 429], 2)
    expect(result.explicitAcks).toEqual(['m0', 'm2'])
    expect(result.retryMessages).toMatchObject([{ msgId: 'm1' }, { msgId: 'm3' }])
    expect(delays).toEqual([30, 30])
    expect(result.ackAll).toBe(false)
    // The handoffs are unchanged: receivedAt still tells their age.
    expect(sent).toEqual([0, 1, 2, 3].map(handoff))
  })

  test('has six concurrent invokes for a full batch', async () => {
    expect((await consume(Array.from({ length: 30 }, () => 202))).most).toBe(6)
  })

  test('retries every message if settings are missing', async () => {
    Object.assign(edge.env, { AWS_SECRET_ACCESS_KEY: undefined })
    const { result, sent } = await consume([202, 202])
    expect([result.explicitAcks, result.retryMessages.length, sent]).toEqual([[], 2, []])
  })

  test('retries for about 20 hours, less than the 24 for which the Free plan keeps a message', () => {
    const delays = Array.from({ length: MAX_RETRIES }, (_, n) => delaySeconds(n + 1))
    expect(delays.slice(0, 6)).toEqual([10, 30, 90, 270, 810, 900])
    const hours = delays.reduce((sum, delay) => sum + delay, 0) / 3600
    expect(hours).toBeGreaterThan(19.5)
    expect(hours).toBeLessThan(22)
  })
})
