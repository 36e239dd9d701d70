import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { defaultLimits, type SlackLimits } from '../../../playground/slack/limits.ts'
import { sign } from '../../../playground/slack/signed-request.ts'
import { createFakeClock } from '../fake-clock.ts'
import { startApp } from './app-server.ts'
import { openSlack } from './open-slack.ts'

const post = { channel: 'C00GENERAL', user: 'U00ADA', text: 'Grüße & <more>' }
const RETRY_HEADERS = ['x-slack-retry-num', 'x-slack-retry-reason'] as const

test("sign() gives the signature of Slack's own example", () => {
  const body =
    'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c'
  const expected = 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503'
  expect(sign('8f742231b10e8888abcd99yyyzzz85a5', 1_531_420_618, body)).toBe(expected)
})

test('an event is signed over its raw bytes with the time of the clock', async () => {
  const clock = createFakeClock()
  const { slack } = await openSlack({ clock })
  const app = await startApp((response) => response.end())
  slack.connect({ events: app.url })
  slack.post(post)
  await slack.settled()
  const [{ headers, body } = { headers: {}, body: '' }] = app.received
  const seconds = String(clock.now() / 1000)
  const signature = createHmac('sha256', 'fake-signing-secret')
    .update(`v0:${seconds}:`)
    .update(Buffer.from(body))
    .digest('hex')
  expect(headers).toMatchObject({
    'x-slack-request-timestamp': seconds,
    'x-slack-signature': `v0=${signature}`,
    'content-type': 'application/json',
  })
  expect(headers).not.toHaveProperty('x-slack-retry-num')
  expect(slack.deliveries).toMatchObject([
    { kind: 'event', state: 'acknowledged', attempts: [{ status: 200, retryNum: 0, at: clock.now() }] },
  ])
})

test('an event that fails is sent again at once, after one minute and after five, then never', async () => {
  const clock = createFakeClock()
  const { slack } = await openSlack({ clock })
  const app = await startApp((response) => response.writeHead(500).end())
  slack.connect({ events: app.url })
  const { ts } = slack.post(post)
  const start = clock.now()
  for (const wait of [0, 60_000, 300_000]) {
    await clock.waitedFor(wait)
    clock.advance(wait)
  }
  await slack.settled()
  const [delivery] = slack.deliveries
  expect(delivery?.state).toBe('given up')
  expect(delivery?.attempts.map(({ at }) => at - start)).toEqual([0, 0, 60_000, 360_000])
  expect(app.received.map(({ headers }) => RETRY_HEADERS.map((name) => headers[name]))).toEqual([
    [undefined, undefined],
    ['1', 'http_error'],
    ['2', 'http_error'],
    ['3', 'http_error'],
  ])
  expect(new Set(app.received.map(({ body }) => body)).size).toBe(1)
  expect(JSON.parse(app.received[3]?.body ?? '{}')).toMatchObject({ event: { ts } })
  const stamps = app.received.map(
    ({ headers }) => Number(headers['x-slack-request-timestamp']) * 1000 - start,
  )
  expect(stamps).toEqual([0, 0, 60_000, 360_000])
})

test('an event that got a 2xx is not sent again', async () => {
  const clock = createFakeClock()
  const { slack } = await openSlack({ clock })
  const app = await startApp((response, _, count) => response.writeHead(count === 1 ? 503 : 204).end())
  slack.connect({ events: app.url })
  slack.post(post)
  await clock.waitedFor(0)
  clock.advance(0)
  await slack.settled()
  expect(slack.deliveries).toMatchObject([
    { state: 'acknowledged', attempts: [{ status: 503 }, { status: 204, retryNum: 1 }] },
  ])
  clock.advance(1_000_000)
  expect(app.received).toHaveLength(2)
})

describe('an event is sent again', () => {
  const once: Partial<SlackLimits> = { resendAfterMs: [0] }

  test('with http_timeout if no answer came within three seconds', async () => {
    const clock = createFakeClock()
    const { slack } = await openSlack({ clock, limits: { ...once, ackMs: defaultLimits.ackMs } })
    const asked = Promise.withResolvers<void>()
    const app = await startApp((response, _, count) => (count === 1 ? asked.resolve() : response.end()))
    slack.connect({ events: app.url })
    slack.post(post)
    await asked.promise
    clock.advance(2_999)
    expect(slack.deliveries[0]?.attempts).toMatchObject([{ status: -1 }])
    clock.advance(1)
    await clock.waitedFor(0)
    clock.advance(0)
    await slack.settled()
    expect(slack.deliveries[0]?.attempts).toMatchObject([
      { status: 0, ms: 3_000 },
      { status: 200, retryReason: 'http_timeout' },
    ])
  })

  test('with connection_failed if there was no connection', async () => {
    const { slack } = await openSlack({ limits: once })
    slack.connect({ events: 'http://127.0.0.1:1/' })
    slack.post(post)
    await slack.settled()
    expect(slack.deliveries[0]?.attempts).toMatchObject([
      { status: 0 },
      { status: 0, retryReason: 'connection_failed' },
    ])
  })

  test('with too_many_redirects after a third redirect, while two are followed', async () => {
    const { slack } = await openSlack({ limits: once })
    const app = await startApp((response, { path }) => {
      const left = Number(path.slice(1))
      response.writeHead(left > 0 ? 307 : 200, left > 0 ? { location: `/${left - 1}` } : {}).end()
    })
    slack.connect({ events: `${app.url}/2` })
    slack.post(post)
    await slack.settled()
    expect(slack.deliveries[0]).toMatchObject({ state: 'acknowledged', attempts: [{ status: 200 }] })
    slack.connect({ events: `${app.url}/3` })
    slack.post(post)
    await slack.settled()
    expect(slack.deliveries[1]?.attempts).toMatchObject([
      { status: 307 },
      { retryReason: 'too_many_redirects' },
    ])
  })

  test('unless the app answers x-slack-no-retry', async () => {
    const { slack } = await openSlack()
    const app = await startApp((response) => response.writeHead(401, { 'x-slack-no-retry': '1' }).end())
    slack.connect({ events: app.url })
    slack.post(post)
    await slack.settled()
    expect(slack.deliveries).toMatchObject([{ state: 'given up', attempts: [{ status: 401 }] }])
  })
})

test.each([
  ['true', 'the challenge as text', (challenge: string) => challenge],
  ['true', 'the challenge as JSON', (challenge: string) => JSON.stringify({ challenge })],
  ['false', 'anything else', () => 'ok'],
])('verifyUrl() is %s if the app answers with %s', async (verified, _, answer) => {
  const { slack } = await openSlack()
  const app = await startApp((response, { body }) => response.end(answer(JSON.parse(body).challenge)))
  slack.connect({ events: app.url })
  expect(String(await slack.verifyUrl())).toBe(verified)
  expect(app.received[0]?.headers['x-slack-signature']).toMatch(/^v0=/)
})
