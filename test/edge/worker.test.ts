import { exports } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { SIGNING_SECRET } from './slack-request.ts'

/** Sends to the Worker as wrangler.toml defines it, with the real clock. */
async function send(body: string, skewSeconds: number): Promise<Response> {
  const timestamp = String(Math.floor(Date.now() / 1000) + skewSeconds)
  const hmac = { name: 'HMAC', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('raw', new TextEncoder().encode(SIGNING_SECRET), hmac, false, [
    'sign',
  ])
  const mac = new Uint8Array(
    await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(`v0:${timestamp}:${body}`)),
  )
  return exports.default.fetch('https://edge.example/slack/events', {
    method: 'POST',
    body,
    headers: { 'x-slack-request-timestamp': timestamp, 'x-slack-signature': `v0=${mac.toHex()}` },
  })
}

const challenge = JSON.stringify({ type: 'url_verification', challenge: '3eZbrw1a' })

test('the Worker answers a challenge that was signed now', async () => {
  const response = await send(challenge, 0)
  expect([response.status, await response.text()]).toEqual([200, '3eZbrw1a'])
})

test.each([-302, 302])(
  'the Worker refuses a challenge that was signed %d s from now',
  async (skewSeconds) => {
    expect((await send(challenge, skewSeconds)).status).toBe(401)
  },
)

test('the Worker answers 404 to any other path', async () => {
  expect((await exports.default.fetch('https://edge.example/')).status).toBe(404)
})
