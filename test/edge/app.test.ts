import { beforeEach, expect, test } from 'vitest'
import { createApp } from '../../edge/app.ts'
import { env, envelope, mention, message, NOW_MS, signed } from './slack-request.ts'

/** What was sent to Lambda, and what it answers. */
let invokes: { url: string; headers: Headers; handoff: Record<string, unknown> }[]
let lambda: () => Promise<Response>

beforeEach(() => {
  invokes = []
  lambda = async () => new Response(null, { status: 202 })
})

const app = createApp({
  now: () => NOW_MS,
  async fetch(input, init) {
    const request = new Request(input, init)
    invokes.push({ url: request.url, headers: request.headers, handoff: await request.json() })
    return lambda()
  },
})

async function send(payload: unknown, changed: Parameters<typeof signed>[1] = {}): Promise<Response> {
  return app.request('/slack/events', await signed(payload, changed), env)
}

test('the challenge is answered', async () => {
  const response = await send({ type: 'url_verification', token: 'fake', challenge: '3eZbrw1a' })
  expect([response.status, await response.text()]).toEqual([200, '3eZbrw1a'])
})

test('a refusal says nothing of its reason', async () => {
  const challenge = { type: 'url_verification', challenge: '3eZbrw1a' }
  const refusals = [
    await send(challenge, { secret: 'wrong' }),
    await send(challenge, { headers: { 'x-slack-request-timestamp': '1' } }),
    await send(challenge, { headers: { 'x-slack-signature': 'nonsense' } }),
    await app.request('/slack/events', { method: 'POST', body: '{}' }, env),
  ]
  const seen = await Promise.all(refusals.map(async (response) => [response.status, await response.text(), [...response.headers]]))
  expect(new Set(seen.map((answer) => JSON.stringify(answer))).size).toBe(1)
  expect(seen[0]?.[0]).toBe(401)
  expect(invokes).toEqual([])
})

test('a mention is handed to the alias as a turn, signed, asynchronously', async () => {
  const response = await send(envelope(mention()))
  expect(response.status).toBe(200)
  expect(response.headers.get('x-release')).toBe('release-fake')
  expect(invokes).toHaveLength(1)
  const [invoke] = invokes
  expect(invoke?.url).toBe('https://lambda.us-east-1.amazonaws.com/2015-03-31/functions/vera-answer%3Alive/invocations')
  expect(invoke?.headers.get('x-amz-invocation-type')).toBe('Event')
  expect(invoke?.headers.get('authorization')).toMatch(/^AWS4-HMAC-SHA256 Credential=AKIAFAKEEDGE\/\d{8}\/us-east-1\/lambda\/aws4_request/)
  expect(invoke?.handoff).toEqual({
    kind: 'turn',
    id: 'A00FAKE:T00FAKE:C00GENERAL:1790000000.000100',
    teamId: 'T00FAKE',
    appId: 'A00FAKE',
    receivedAt: NOW_MS,
    eventId: 'Ev00FAKE',
    botUserId: 'U00VERA',
    trigger: 'app_mention',
    channel: 'C00GENERAL',
    channelType: 'channel',
    ts: '1790000000.000100',
    threadTs: '1790000000.000100',
    userId: 'U00ADA',
    userTeamId: 'T00FAKE',
    text: '<@U00VERA> where is the VPN guide?',
    slackRetryNum: 0,
  })
})

test('one post that arrives as mention and as message is one turn', async () => {
  await send(envelope(mention(), { event_id: 'Ev01FAKE' }))
  await send(envelope(message(), { event_id: 'Ev02FAKE' }))
  expect(new Set(invokes.map(({ handoff }) => handoff.id)).size).toBe(1)
})

test('a direct message needs no mention, and a reply keeps its thread', async () => {
  await send(envelope(message({ channel: 'D00ADA', channel_type: 'im', text: 'and on a Mac?', thread_ts: '1789999999.000100' })), {
    headers: { 'x-slack-retry-num': '2' },
  })
  expect(invokes[0]?.handoff).toMatchObject({ channelType: 'im', threadTs: '1789999999.000100', text: 'and on a Mac?', slackRetryNum: 2 })
})

test.each([
  ['a message that does not address it', message({ text: 'lunch?' }), {}],
  ['an edit', message({ subtype: 'message_changed', hidden: true }), {}],
  ['a mention sent again after an edit', mention({ edited: { user: 'U00ADA', ts: '1790000001.000000' } }), {}],
  ['a deletion', message({ subtype: 'message_deleted', hidden: true }), {}],
  ['somebody joining', message({ subtype: 'channel_join' }), {}],
  ['its own message', message({ user: 'U00VERA', bot_id: 'B00VERA', app_id: 'A00FAKE' }), {}],
  ['another bot', message({ bot_id: 'B00OTHER', bot_profile: { id: 'B00OTHER', app_id: 'A00OTHER' } }), {}],
  ['a bot without a user', { ...message({ subtype: 'bot_message', bot_id: 'B00OTHER' }), user: undefined }, {}],
  ['somebody from outside', mention({ user: 'U00EVE', team: 'T00OTHER', user_team: 'T00OTHER' }), { is_ext_shared_channel: true }],
  ['an event that it does not know', { type: 'team_join', user: { id: 'U00NEW' } }, {}],
])('%s is acknowledged and left alone', async (_, event, changed) => {
  expect((await send(envelope(event, changed))).status).toBe(200)
  expect(invokes).toEqual([])
})

test.each(['this is not JSON', '[]', 'null', '{"type":"something_new"}', '{"type":"event_callback"}'])(
  'a signed body that it does not know (%s) is acknowledged',
  async (body) => {
    expect((await send(body)).status).toBe(200)
    expect(invokes).toEqual([])
  },
)

test.each([
  ['429', async () => new Response('{"Reason":"ReservedFunctionConcurrentInvocationLimitExceeded"}', { status: 429 })],
  ['500', async () => new Response('garbage', { status: 500 })],
  ['200', async () => new Response('{}', { status: 200 })],
  ['a reset', async () => Promise.reject(new TypeError('connection reset'))],
])('where Lambda answers with %s, Slack is asked to send the event again', async (_, answer) => {
  lambda = answer
  expect((await send(envelope(mention()))).status).toBe(503)
  expect(invokes).toHaveLength(1)
})

test('health says which release this is', async () => {
  const response = await app.request('/health', {}, env)
  expect([response.status, await response.json()]).toEqual([200, { ok: true, release: 'release-fake' }])
})
