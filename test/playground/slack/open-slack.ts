import { type Logger, LogLevel, WebClient } from '@slack/web-api'
import { onTestFinished } from 'vitest'
import { type Calls, createCalls } from '../../../playground/calls.ts'
import type { Clock } from '../../../playground/clock.ts'
import { type Slack, type SlackOptions, startSlack } from '../../../playground/slack/slack.ts'

/** Long enough that Slack does not send an event again if the app is slow on a busy machine. */
const NO_HURRY_MS = 90_000

export interface TestSlack {
  slack: Slack
  calls: Calls
  /** The real client, with the app's token. */
  client: WebClient
}

/** Starts a simulated Slack for one test. There are no rate limits unless `limits` sets them. */
export async function openSlack(
  options: Omit<SlackOptions, 'calls'> & { clock?: Clock } = {},
): Promise<TestSlack> {
  const calls = createCalls(options.clock?.now)
  const slack = await startSlack({
    ...options,
    calls,
    limits: { tiers: 'off', ackMs: NO_HURRY_MS, ...options.limits },
  })
  onTestFinished(slack.close)
  return { slack, calls, client: createClient(slack) }
}

/** Keeps the client from printing refusals, which most tests are about. */
const silent: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  setLevel: () => undefined,
  getLevel: () => LogLevel.ERROR,
  setName: () => undefined,
}

export const createClient = (slack: Slack, botToken: string | undefined = 'xoxb-fake-token') =>
  new WebClient(botToken, {
    slackApiUrl: slack.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logger: silent,
  })

/** Slack's answer to a call that it refuses. Throws if Slack accepts it. */
export async function refusalOf(
  call: Promise<unknown>,
): Promise<{ error: string; [field: string]: unknown }> {
  const answer = await call.then(
    () => undefined,
    (error: unknown) => (error instanceof Error && 'data' in error ? error.data : error),
  )
  if (typeof answer !== 'object' || answer === null || !('error' in answer))
    throw new Error(`Not refused by Slack: ${String(answer)}`)
  return { ...answer, error: String(answer.error) }
}

export const errorOf = async (call: Promise<unknown>) => (await refusalOf(call)).error
