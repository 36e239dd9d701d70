import { beforeEach, describe, expect, test, vi } from 'vitest'
import { BODY_LIMIT_BYTES } from '../../edge/body-limit.ts'
import { createEdge, type FakeEdge } from './edge.ts'
import { command, envelope, form, mention, message, NOW_MS, signed } from './slack-request.ts'

let edge: FakeEdge
beforeEach(() => {
  edge = createEdge()
})

const challenge = { type: 'url_verification', token: 'fake', challenge: '3eZbrw1a' }

/** Everything that a caller can see of an answer. */
async function seen(response: Response): Promise<string> {
  return JSON.stringify([response.status, await response.text(), [...response.headers]])
}

describe('what is not from Slack', () => {
  test('gets one answer, whatever the reason', async () => {
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
      refused.map(async (init) => seen(await edge.request('/slack/events', init))),
    )
    expect(new Set(answers).size).toBe(1)
    expect(answers[0]).toContain('401')
    for (const path of ['/slack/interactivity', '/slack/commands']) {
      expect(await seen(await edge.request(path, { method: 'POST', body: 'payload={}' }))).toBe(answers[0])
    }
    expect([edge.invokes, edge.queued]).toEqual([[], []])
  })

  test('bytes that are no text are checked as bytes', async () => {
    const bytes = new Uint8Array([0x7b, 0xff, 0xfe, 0x7d])
    const init = await signed(bytes)
    expect((await edge.request('/slack/events', init)).status).toBe(200)
    // Decoded they would be the same text; the signature is over the bytes.
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
  ])('%s %s is %d, and names the release', async (method, path, status) => {
    const response = await edge.request(path, { method })
    expect([response.status, response.headers.get('x-release')]).toEqual([status, 'release-fake'])
  })

  test('health says which release this is, and nothing else', async () => {
    expect(await (await edge.request('/health')).json()).toEqual({ ok: true, release: 'release-fake' })
  })
})

describe('the size of a body', () => {
  test('a body at the limit is read', async () => {
    expect((await edge.request('/slack/events', await signed(' '.repeat(BODY_LIMIT_BYTES)))).status).toBe(200)
  })

  test('one byte more is too large', async () => {
    const response = await edge.request('/slack/events', await signed(' '.repeat(BODY_LIMIT_BYTES + 1)))
    expect([response.status, response.headers.get('x-release')]).toEqual([413, 'release-fake'])
  })

  test('a length that is only declared is enough to refuse', async () => {
    const init = await signed('{}')
    const headers = { ...init.headers, 'content-length': String(BODY_LIMIT_BYTES + 1) }
    expect((await edge.request('/slack/events', { ...init, headers })).status).toBe(413)
  })

  test('a body without a length is not read to its end', async () => {
    let pulled = 0
    const endless = new ReadableStream({
      pull(controller) {
        pulled += 65_536
        controller.enqueue(new Uint8Array(65_536))
      },
    })
    const init = await signed('{}')
    expect((await edge.request('/slack/events', { ...init, body: endless })).status).toBe(413)
    expect(pulled).toBeLessThan(2 * BODY_LIMIT_BYTES)
  })
})

describe("Slack's own questions", () => {
  test('the challenge is answered, once it is known to be Slack that asks', async () => {
    const response = await edge.event(challenge)
    expect([response.status, await response.text()]).toEqual([200, '3eZbrw1a'])
  })

  test('ssl_check is answered, signed or not', async () => {
    const body = form({ ssl_check: '1', token: 'fake' })
    expect((await edge.request('/slack/commands', { method: 'POST', body })).status).toBe(200)
    expect((await edge.request('/slack/commands', await signed(body))).status).toBe(200)
    // A question that says so of itself is not let in by it.
    const question = form({ ...command(), ssl_check: '1' })
    expect((await edge.request('/slack/commands', { method: 'POST', body: question })).status).not.toBe(500)
    expect(edge.invokes).toEqual([])
  })

  test('app_rate_limited is acknowledged, and a warning', async () => {
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
    warn.mockRestore()
  })
})

describe('a deployment that forgot something', () => {
  test('says so in one line that names all of it, answers 503 to Slack, and is still healthy to look at', async () => {
    const error = vi.spyOn(console, 'error')
    Object.assign(edge.env, { SLACK_SIGNING_SECRET: undefined, LAMBDA_FUNCTION: '' })
    const response = await edge.event(envelope(mention()))
    expect([response.status, response.headers.get('x-release')]).toEqual([503, 'release-fake'])
    expect(error.mock.calls).toHaveLength(1)
    expect(JSON.parse(String(error.mock.calls[0]?.[0]))).toMatchObject({
      missing: ['SLACK_SIGNING_SECRET', 'LAMBDA_FUNCTION'],
    })
    error.mockRestore()
    expect((await edge.request('/health')).status).toBe(200)
    expect(edge.invokes).toEqual([])
  })
})

test('no line of the log holds a word of what people wrote, nor a signature', async () => {
  const lines: string[] = []
  const spies = (['log', 'warn', 'error'] as const).map((level) =>
    vi.spyOn(console, level).mockImplementation((line) => void lines.push(String(line))),
  )
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
  for (const spy of spies) spy.mockRestore()
  expect(lines).toHaveLength(6)
  expect(lines.join('\n')).not.toContain(word)
})
