import { describe, expect, test } from 'vitest'
import { checkSignature, importSigningKey } from '../../edge/signature.ts'

// Slack's documented example: https://docs.slack.dev/authentication/verifying-requests-from-slack
const secret = '8f742231b10e8888abcd99yyyzzz85a5'
const timestamp = 1_531_420_618
const body =
  'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c'
const signature = 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503'

async function check(changed: {
  headers?: Record<string, string>
  body?: string
  secret?: string
  nowMs?: number
}) {
  const headers = new Headers({
    'x-slack-signature': signature,
    'x-slack-request-timestamp': String(timestamp),
    ...changed.headers,
  })
  const bytes = new TextEncoder().encode(changed.body ?? body)
  return checkSignature(
    bytes,
    headers,
    await importSigningKey(changed.secret ?? secret),
    changed.nowMs ?? timestamp * 1000,
  )
}

describe('the check of a request signature', () => {
  test("accepts Slack's documented example and returns its body", async () => {
    expect(await check({})).toEqual({ outcome: 'verified', body })
  })

  test.each([
    ['a changed body', { body: `${body}&` }, 'mismatch'],
    ['a signature made with another secret', { secret: 'another' }, 'mismatch'],
    ['a changed timestamp', { headers: { 'x-slack-request-timestamp': String(timestamp + 1) } }, 'mismatch'],
    [
      'upper-case hex',
      { headers: { 'x-slack-signature': signature.toUpperCase().replace('V0', 'v0') } },
      'header_malformed',
    ],
    [
      'another version',
      { headers: { 'x-slack-signature': signature.replace('v0', 'v1') } },
      'header_malformed',
    ],
    [
      'two signatures',
      { headers: { 'x-slack-signature': `${signature}, ${signature}` } },
      'header_malformed',
    ],
    [
      'a signature that is too short',
      { headers: { 'x-slack-signature': signature.slice(0, -2) } },
      'header_malformed',
    ],
    [
      'a timestamp that is not a number',
      { headers: { 'x-slack-request-timestamp': 'NaN' } },
      'header_malformed',
    ],
    ['a negative timestamp', { headers: { 'x-slack-request-timestamp': '-5' } }, 'header_malformed'],
  ])('refuses %s', async (_, changed, reason) => {
    expect(await check(changed)).toMatchObject({ outcome: 'rejected', rejection: { reason } })
  })

  test.each(['x-slack-signature', 'x-slack-request-timestamp'])(
    'refuses a request without %s',
    async (header) => {
      const headers = new Headers({
        'x-slack-signature': signature,
        'x-slack-request-timestamp': String(timestamp),
      })
      headers.delete(header)
      const verdict = await checkSignature(
        new TextEncoder().encode(body),
        headers,
        await importSigningKey(secret),
        timestamp * 1000,
      )
      expect(verdict).toEqual({ outcome: 'rejected', rejection: { reason: 'header_missing', header } })
    },
  )

  test.each([
    [0, 'verified'],
    [300, 'verified'],
    [301, 'rejected'],
    [-300, 'verified'],
    [-301, 'rejected'],
    [Number.NaN, 'rejected'],
  ])('a request signed %d s ago is %s', async (age, outcome) => {
    expect((await check({ nowMs: (timestamp + age) * 1000 })).outcome).toBe(outcome)
  })
})
