import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { BODY_LIMIT_BYTES } from '../../edge/body-limit.ts'
import { createEdge, type FakeEdge } from './edge.ts'
import { command, envelope, form, mention, message, NOW_MS, signed } from './slack-request.ts'

/** The first 12 digits of the SHA-256 of 'release-fake', by another implementation. */
const RELEASE_NAME = '88acc5d2550a'

let edge: FakeEdge
beforeEach(() => {
  edge = createEdge()
})
afterEach(() => vi.restoreAllMocks())

const challenge = { type: 'url_verification', token: 'fake', challenge: '3eZbrw1a' }

/** Everything that a caller can see of a response. */
async function visible(response: Response): Promise<string> {
  return JSON.stringify([response.status, await response.text(), [...response.headers]])
}

describe('a request without a valid signature', () => {
  test('gets the same 401 for every reason', async () => {
    const good = await signed(JSON.stringify(challenge))
    const refused = [
      { ...good, body: '{}' },
      await signed(JSON.stringify(challenge), { secret: 'wrong' }),
      await signed(JSON.stringify(challenge), { seconds: NOW_MS / 1000 - 301 }),
      await signed(JSON.stringify(challenge), { seconds: NOW_MS / 1000 + 301 }),
      { ...good, headers: { ...good.headers, 'x-slack-signature': 'nonsense' } },
      { ...good, headers: { ...good.headers, 'x-slack-request-timestamp': 'NaN' } },
      { method: 'POST', body: '{}' },
    ]
    const answers = await Promise.all(
      refused.map(async (init) => visible(await edge.request('/slack/events', init))),
    )
    expect(new Set(answers).size).toBe(1)
    expect(answers[0]).toMatch(/^\[401,/)
    for (const path of ['/slack/interactivity', '/slack/commands']) {
      expect(await visible(await edge.request(path, { method: 'POST', body: 'payload={}' }))).toBe(answers[0])
    }
    expect([edge.invokes, edge.queued]).toEqual([[], []])
  })

  test('is recognized by its bytes, even if they are not valid text', async () => {
    const bytes = new Uint8Array([0x7b, 0xff, 0xfe, 0x7d])
    const init = await signed(bytes)
    expect((await edge.request('/slack/events', init)).status).toBe(200)
    // Both bodies decode to the same text. The signature covers the bytes.
    expect(
      (await edge.request('/slack/events', { ...init, body: new Uint8Array([0x7b, 0xfd, 0xfe, 0x7d]) }))
        .status,
    ).toBe(401)
  })
})

describe('paths and methods', () => {
  test.each([
    ['GET', '/slack/events', 405],
    ['PUT', '/slack/interactivity', 405],
    ['GET', '/slack/commands', 405],
    ['POST', '/health', 405],
    ['GET', '/', 404],
    ['POST', '/slack', 404],
    ['POST', '/slack/events/more', 404],
    ['POST', '/slack/events/', 404],
    ['GET', '/constructor', 404],
    ['GET', '/health', 200],
  ])('%s %s gets %d, with the release in x-release', async (method, path, status) => {
    const response = await edge.request(path, { method })
    expect([response.status, response.headers.get('x-release')]).toEqual([status, RELEASE_NAME])
  })

  test('/health returns the release and nothing else', async () => {
    expect(await (await edge.request('/health')).json()).toEqual({ ok: true, release: RELEASE_NAME })
  })
})

describe('the size limit of a body', () => {
  test('accepts a body at the limit', async () => {
    expect((await edge.request('/slack/events', await signed(' '.repeat(BODY_LIMIT_BYTES)))).status).toBe(200)
  })

  test('refuses a body with one byte more', async () => {
    const response = await edge.request('/slack/events', await signed(' '.repeat(BODY_LIMIT_BYTES + 1)))
    expect([response.status, response.headers.get('x-release')]).toEqual([413, RELEASE_NAME])
  })

  test('refuses a body by its declared length', async () => {
    const init = await signed('{}')
    const headers = { ...init.headers, 'content-length': String(BODY_LIMIT_BYTES + 1) }
    expect((await edge.request('/slack/events', { ...init, headers })).status).toBe(413)
  })

  test('stops reading a body without a length at the limit', async () => {
    let pulled = 0
    const endless = new ReadableStream({
      pull(controller) {
        pulled += 65_536
        controller.enqueue(new Uint8Array(65_536))
      },
    })
    const init = await signed('{}')
    expect((await edge.request('/slack/events', { ...init, body: endless })).status).toBe(413)
    expect(pulled).toBeGreaterThan(BODY_LIMIT_BYTES)
    expect(pulled).toBeLessThan(2 * BODY_LIMIT_BYTES)
  })
})

describe("Slack's checks of the endpoints", () => {
  test('a signed challenge is answered', async () => {
    const response = await edge.event(challenge)
    expect([response.status, await response.text()]).toEqual([200, '3eZbrw1a'])
  })

  test('ssl_check is answered with or without a signature, and hands nothing off', async () => {
    const body = form({ ssl_check: '1', token: 'fake' })
    expect((await edge.request('/slack/commands', { method: 'POST', body })).status).toBe(200)
    expect((await edge.request('/slack/commands', await signed(body))).status).toBe(200)
    // The field does not let an unsigned question in.
    const first = form({ ssl_check: '1', ...command() })
    expect((await edge.request('/slack/commands', { method: 'POST', body: first })).status).toBe(200)
    const last = form({ ...command(), ssl_check: '1' })
    expect((await edge.request('/slack/commands', { method: 'POST', body: last })).status).toBe(401)
    expect(edge.invokes).toEqual([])
  })

  test('app_rate_limited is acknowledged and logged as a warning', async () => {
    const warn = vi.spyOn(console, 'warn')
    const response = await edge.event({
      type: 'app_rate_limited',
      token: 'fake',
      team_id: 'T00FAKE',
      minute_rate_limited: 1,
      api_app_id: 'A00FAKE',
    })
    expect(response.status).toBe(200)
    expect(warn).toHaveBeenCalledOnce()
  })
})

describe('a deployment with missing settings', () => {
  test('logs all of them in one line, answers 503 to Slack, and still answers /health', async () => {
    const error = vi.spyOn(console, 'error')
    Object.assign(edge.env, { SLACK_SIGNING_SECRET: undefined, LAMBDA_FUNCTION: '' })
    const response = await edge.event(envelope(mention()))
    expect([response.status, response.headers.get('x-release')]).toEqual([503, RELEASE_NAME])
    expect(error.mock.calls).toHaveLength(1)
    expect(JSON.parse(String(error.mock.calls[0]?.[0]))).toMatchObject({
      missing: ['SLACK_SIGNING_SECRET', 'LAMBDA_FUNCTION'],
    })
    expect((await edge.request('/health')).status).toBe(200)
    expect(edge.invokes).toEqual([])
  })
})

test('no log line contains text that people wrote or a signature', async () => {
  const lines: string[] = []
  for (const level of ['log', 'warn', 'error'] as const)
    vi.spyOn(console, level).mockImplementation((line) => void lines.push(String(line)))
  const word = 'xylophone'
  edge.lambda = async () => new Response(word, { status: 500 })
  edge.queue = async () => Promise.reject(new Error(word))
  await edge.event(envelope(mention({ text: `<@U00VERA> ${word}` })))
  await edge.event(envelope(message({ text: word, subtype: word, channel: word })))
  await edge.event(`{"${word}`)
  await edge.event(envelope({ type: word }, { event_id: `${word} ${word}` }))
  await edge.command(command({ text: word, trigger_id: `${word} ${word}` }))
  await edge.request(`/slack/events`, {
    method: 'POST',
    body: word,
    headers: { 'x-slack-signature': word, 'x-slack-request-timestamp': word },
  })
  expect(lines).toHaveLength(6)
  expect(lines.join('\n')).not.toContain(word)
})
