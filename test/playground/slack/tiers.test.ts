import { WebAPIRateLimitedError } from '@slack/web-api'
import { expect, test } from 'vitest'
import { defaultLimits } from '../../../playground/slack/limits.ts'
import { createFakeClock } from '../fake-clock.ts'
import { openSlack } from './open-slack.ts'

const { tiers } = defaultLimits

/**
 * Calls until Slack refuses with 429. Returns how many calls it accepted, and the seconds of `Retry-After`.
 */
async function untilLimited(call: () => Promise<unknown>): Promise<{ passed: number; retryAfter: number }> {
  for (let passed = 0; ; passed += 1) {
    try {
      await call()
    } catch (error) {
      if (!(error instanceof WebAPIRateLimitedError)) throw error
      return { passed, retryAfter: error.retryAfter }
    }
  }
}

test.each([
  ['usergroups.list', 20],
  ['conversations.info', 50],
  ['users.info', 100],
] as const)('%s is accepted %i times a minute', async (method, passed) => {
  const clock = createFakeClock()
  const { client } = await openSlack({ clock, limits: { tiers } })
  expect(await untilLimited(() => client.apiCall(method, { channel: 'C00GENERAL', user: 'U00ADA' }))).toEqual(
    { passed, retryAfter: 60 },
  )
  clock.advance(59_999)
  expect(await untilLimited(() => client.apiCall(method))).toEqual({ passed: 0, retryAfter: 1 })
  clock.advance(1)
  await client.apiCall(method, { channel: 'C00GENERAL', user: 'U00ADA' })
})

test('assistant.threads.setStatus has a limit of its own, apart from its tier', async () => {
  const limits = { tiers: { t1: 1, t2: 20, t3: 50, t4: 100, special: 600, assistantStatus: 3 } }
  const { slack, client } = await openSlack({ clock: createFakeClock(), limits })
  const { ts } = slack.post({ channel: 'C00GENERAL', user: 'U00ADA', text: 'hi' })
  const say = () =>
    client.assistant.threads.setStatus({ channel_id: 'C00GENERAL', thread_ts: ts, status: 'is reading' })
  expect(await untilLimited(say)).toMatchObject({ passed: 3 })
})

test('chat.startStream and stopStream are each accepted 20 times a minute over all threads', async () => {
  const { slack, client } = await openSlack({ clock: createFakeClock(), limits: { tiers } })
  const started: string[] = []
  const start = async () => {
    const { ts } = slack.post({ channel: 'C00GENERAL', user: 'U00ADA', text: 'hi' })
    const recipient = { recipient_user_id: 'U00ADA', recipient_team_id: 'T00FAKE' }
    started.push(
      (await client.chat.startStream({ channel: 'C00GENERAL', thread_ts: ts, ...recipient })).ts ?? '',
    )
  }
  expect(await untilLimited(start)).toMatchObject({ passed: 20 })
  const stop = () => client.chat.stopStream({ channel: 'C00GENERAL', ts: started.shift() ?? '' })
  expect(await untilLimited(stop)).toMatchObject({ passed: 20 })
})

test('chat.postMessage accepts a burst of 5 in a channel, then one a second', async () => {
  const clock = createFakeClock()
  const { client } = await openSlack({ clock, limits: { tiers } })
  const post = (channel: string) => () => client.chat.postMessage({ channel, text: 'hi' })
  expect(await untilLimited(post('C00GENERAL'))).toEqual({ passed: 5, retryAfter: 1 })
  expect(await untilLimited(post('C00PRIVATE'))).toEqual({ passed: 5, retryAfter: 1 })
  clock.advance(1_000)
  expect(await untilLimited(post('C00GENERAL'))).toEqual({ passed: 1, retryAfter: 1 })
})

test('chat.postMessage is accepted 300 times a minute over the workspace', async () => {
  const { client } = await openSlack({
    clock: createFakeClock(),
    limits: { tiers, postMessage: { burst: 1000, perSecond: 1, perWindow: 300 } },
  })
  expect(
    await untilLimited(() => client.chat.postMessage({ channel: 'C00GENERAL', text: 'hi' })),
  ).toMatchObject({ passed: 300 })
})

test('a rate-limited call is recorded with HTTP 429', async () => {
  const { client, calls } = await openSlack({
    clock: createFakeClock(),
    limits: { tiers: { t1: 1, t2: 1, t3: 1, t4: 1, special: 1, assistantStatus: 1 } },
  })
  await untilLimited(() => client.auth.test())
  expect(calls.all.at(-1)).toMatchObject({ method: 'auth.test', status: 429, error: 'ratelimited' })
})
