import { globSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { FIRST_TEXT_MS, NEXT_EVENT_MS } from '../../backend/bedrock/converse.ts'
import { RERANK_BUDGET_MS } from '../../backend/bedrock/rerank.ts'
import { PAUSED_BACKOFF, PAUSED_TRIES, RETRIEVE_BUDGET_MS } from '../../backend/bedrock/retrieve.ts'
import { REPLY_RESERVE_MS } from '../../backend/deadline.ts'
import { PROBE_WAIT_MS } from '../../backend/dynamo/abandoned-turns.ts'
import { TABLE_BACKOFF } from '../../backend/dynamo/keep-trying.ts'
import { STOP_TTL_SECONDS } from '../../backend/dynamo/stops.ts'
import {
  DYNAMO_ATTEMPTS,
  DYNAMO_TIMEOUT_MOST_MS,
  DYNAMO_TIMEOUT_MS,
  dynamoTimeoutMs,
} from '../../backend/dynamo/timeouts.ts'
import { TURN_TTL_SECONDS } from '../../backend/dynamo/turn-item.ts'
import { CLAIM_BUDGET_MS, LEASE_MARGIN_MS, REPLY_TTL_SECONDS } from '../../backend/dynamo/turns.ts'
import { BACKOFF, type Backoff } from '../../backend/retry.ts'
import { LATE_MS } from '../../backend/sentences.ts'
import {
  CLOCK_SKEW_MS,
  FIND_STREAM_BUDGET_MS,
  READ_TIMEOUT_MS,
  RECORDING_MS,
} from '../../backend/slack/api/own-messages.ts'
import {
  READER_PAUSE_LEAST_MS,
  READER_PAUSE_MOST_MS,
  SLACK_CALL_TIMEOUT_MS,
} from '../../backend/slack/api/web-client.ts'
import { LEAST_WAIT_MS, UNSTATED_WAIT_MS } from '../../backend/slack/api/write-result.ts'
import { APOLOGIZE_BUDGET_MS, INSPECT_BUDGET_MS, SET_ACTIVE_BUDGET_MS } from '../../backend/slack/apology.ts'
import {
  APOLOGY_ROOT_BUDGET_MS,
  ROOT_BUDGET_MS,
  ROOT_READ_TIMEOUT_MS,
} from '../../backend/slack/command-thread.ts'
import { EPHEMERAL_BUDGET_MS } from '../../backend/slack/ephemeral.ts'
import { PEOPLE_BUDGET_MS } from '../../backend/slack/people.ts'
import {
  CONFLICT_LIMIT,
  CONFLICT_WAIT_MS,
  UNBELIEVED_WAIT_MS,
} from '../../backend/slack/reply/after-write.ts'
import { APPEND_GAP_MS, SEGMENT_LIMIT_MS, UPDATE_GAP_MS } from '../../backend/slack/reply/limits.ts'
import { LONGEST_GAP_MS } from '../../backend/slack/reply/pacer.ts'
import { POSTS } from '../../backend/slack/reply/post.ts'
import { FIRST_WORD_MS, UNTIL_MARGIN_MS } from '../../backend/slack/reply/reply.ts'
import { STATUS_TRIES } from '../../backend/slack/reply/session.ts'
import { UNSUPPORTED_TTL_MS } from '../../backend/slack/reply/unsupported.ts'
import { CLAIM_CHECK_BUDGET_MS } from '../../backend/slack/reply/writer.ts'
import { THREAD_BUDGET_MS } from '../../backend/slack/thread.ts'
import { THREAD_READS } from '../../backend/turn/apologize.ts'
import { COUNT_BUDGET_MS } from '../../backend/turn/gather.ts'
import { STALE_STOP_MS } from '../../backend/turn/stop.ts'
import { POLL_INTERVAL_MS } from '../../backend/turn/turn-monitor.ts'
import { CONVERSE_ATTEMPTS, SEARCH_ATTEMPTS, SECRET_ATTEMPTS, SECRET_TIMEOUT_MS } from '../../backend/wire.ts'
import { ANSWER_FUNCTION, APOLOGIZE_FUNCTION, APOLOGY_RECEIVES } from '../../playground/account.ts'
import { defaultLimits } from '../../playground/slack/limits.ts'
import { functionNamed, home, only } from '../infra/synthesized.ts'

// The template is the one that is deployed; test/infra/constructs/functions.test.ts compares the playground
// with it.
const template = home()
const answerMs = functionNamed(template, ANSWER_FUNCTION).Properties.Timeout * 1000
const apologizeMs = functionNamed(template, APOLOGIZE_FUNCTION).Properties.Timeout * 1000
const eventAgeMs = only(template, 'AWS::Lambda::EventInvokeConfig').Properties.MaximumEventAgeInSeconds * 1000

/** From the start of an invocation until the reply has to be closed. */
const untilDeadlineMs = answerMs - REPLY_RESERVE_MS

/**
 * The SDK pauses at most base × 2^n after attempt n, counted from 0. The base is 25 ms for DynamoDB, 50 ms
 * for other services, and a second for any of them if it throttles.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
 */
function sdkPausesMs(attempts: number, baseMs: number): number {
  return baseMs * (2 ** (attempts - 1) - 1)
}
const DYNAMO_PAUSE_MS = 25
const AWS_PAUSE_MS = 50
const THROTTLED_PAUSE_MS = 1_000

/** A call to the table that times out once and then succeeds, at its slowest. */
const tableCallMs = 2 * DYNAMO_TIMEOUT_MS + sdkPausesMs(2, DYNAMO_PAUSE_MS)

/** All pauses of `retry` when every try fails. */
function pausesMs({ firstMs, mostMs }: Backoff, tries: number): number {
  return Array.from({ length: tries - 1 }, (_, n) => Math.min(firstMs * 2 ** n, mostMs)).reduce(
    (a, b) => a + b,
    0,
  )
}

describe('the table', () => {
  test('gets all attempts at a claim within its budget if it is silent, the last of them the longest', () => {
    const timeoutsMs = Array.from({ length: DYNAMO_ATTEMPTS }, (_, n) => dynamoTimeoutMs(n + 1))
    expect(timeoutsMs[1]).toBe(DYNAMO_TIMEOUT_MS)
    expect(timeoutsMs.at(-1)).toBe(DYNAMO_TIMEOUT_MOST_MS)
    const silentMs = timeoutsMs.reduce((a, b) => a + b, 0) + sdkPausesMs(DYNAMO_ATTEMPTS, DYNAMO_PAUSE_MS)
    expect(silentMs + TABLE_BACKOFF.mostMs).toBeLessThanOrEqual(CLAIM_BUDGET_MS)
    expect(sdkPausesMs(DYNAMO_ATTEMPTS, THROTTLED_PAUSE_MS)).toBeLessThanOrEqual(CLAIM_BUDGET_MS)
  })

  test('may fail one attempt of each call within the budgets that wait for it', () => {
    // Two counters.
    expect(2 * tableCallMs).toBeLessThanOrEqual(COUNT_BUDGET_MS)
    // The last write of a turn, after the last wait for Slack.
    expect(tableCallMs).toBeLessThanOrEqual(UNTIL_MARGIN_MS)
    expect(tableCallMs).toBeLessThanOrEqual(CLAIM_CHECK_BUDGET_MS)
    // A probe is answered by the poll that follows it.
    expect(POLL_INTERVAL_MS + tableCallMs).toBeLessThanOrEqual(PROBE_WAIT_MS)
  })

  test('shows a Stop to the answering process within two seconds, if it answers one read', () => {
    expect(POLL_INTERVAL_MS + DYNAMO_TIMEOUT_MS).toBeLessThanOrEqual(2_000)
  })

  test('records a stream while another turn still waits before adopting it, if it answers at once', () => {
    expect(RECORDING_MS).toBeLessThan(READ_TIMEOUT_MS)
    expect(RECORDING_MS + READ_TIMEOUT_MS).toBeLessThan(FIND_STREAM_BUDGET_MS)
  })

  test('keeps every item longer than the turn that needs it', () => {
    // No other process may claim the turn before Lambda has ended the first one, by any clock.
    expect(LEASE_MARGIN_MS).toBeGreaterThan(CLOCK_SKEW_MS)
    expect(answerMs + LEASE_MARGIN_MS).toBeLessThan(TURN_TTL_SECONDS * 1000)
    expect(answerMs).toBeLessThan(REPLY_TTL_SECONDS * 1000)
    expect(answerMs).toBeLessThan(STALE_STOP_MS)
    expect(STALE_STOP_MS).toBeLessThan(STOP_TTL_SECONDS * 1000)
  })
})

describe('the answering function', () => {
  test('has time for everything before the model, a paused knowledge base included, and for the model', () => {
    const asleepMs = pausesMs(PAUSED_BACKOFF, PAUSED_TRIES)
    // Two calls may be tried for so long: a command's claim and its place.
    const beforeSearchMs = 2 * CLAIM_BUDGET_MS + ROOT_BUDGET_MS + THREAD_BUDGET_MS
    const secretMs = SECRET_ATTEMPTS * SECRET_TIMEOUT_MS + sdkPausesMs(SECRET_ATTEMPTS, AWS_PAUSE_MS)
    const searchMs = asleepMs + RETRIEVE_BUDGET_MS + RERANK_BUDGET_MS
    expect(
      secretMs + beforeSearchMs + searchMs + PEOPLE_BUDGET_MS + COUNT_BUDGET_MS + FIRST_TEXT_MS,
    ).toBeLessThan(untilDeadlineMs)
    expect(CLAIM_BUDGET_MS + EPHEMERAL_BUDGET_MS).toBeLessThan(untilDeadlineMs)
  })

  test('lets the SDK try a search again within its budget, after a pause for throttling too', () => {
    const throttledMs = sdkPausesMs(SEARCH_ATTEMPTS, THROTTLED_PAUSE_MS)
    expect(throttledMs).toBeLessThan(Math.min(RETRIEVE_BUDGET_MS, RERANK_BUDGET_MS))
  })

  test('waits for the first text of the model through all attempts, throttled ones included', () => {
    expect(sdkPausesMs(CONVERSE_ATTEMPTS, THROTTLED_PAUSE_MS)).toBeLessThan(FIRST_TEXT_MS)
    expect(NEXT_EVENT_MS).toBeLessThanOrEqual(FIRST_TEXT_MS)
  })

  test('keeps enough time at its end for one call to Slack that hangs, after one pause', () => {
    expect(SLACK_CALL_TIMEOUT_MS + APPEND_GAP_MS).toBeLessThan(REPLY_RESERVE_MS)
    expect(UNTIL_MARGIN_MS).toBeLessThan(REPLY_RESERVE_MS)
    expect(CONFLICT_LIMIT * CONFLICT_WAIT_MS).toBeLessThan(REPLY_RESERVE_MS)
  })

  test('is given an event that has waited longer than a turn takes, and says so only to people who have waited', () => {
    expect(eventAgeMs).toBeGreaterThan(answerMs)
    expect(LATE_MS).toBeLessThan(eventAgeMs)
  })
})

describe('the apologizing function', () => {
  /** Read the record, write the probe, take the turn over, note the apology, note that the person was told. */
  const tableMs = 5 * tableCallMs + PROBE_WAIT_MS

  test('has time for a reply that a killed process has left open', () => {
    const slackMs = INSPECT_BUDGET_MS + APOLOGIZE_BUDGET_MS + SET_ACTIVE_BUDGET_MS
    expect(tableMs + slackMs).toBeLessThan(apologizeMs)
    expect(READ_TIMEOUT_MS).toBeLessThanOrEqual(INSPECT_BUDGET_MS)
    expect(SLACK_CALL_TIMEOUT_MS).toBeLessThanOrEqual(APOLOGIZE_BUDGET_MS)
  })

  test('has time to open the thread of a command first', () => {
    const slackMs = APOLOGY_ROOT_BUDGET_MS + INSPECT_BUDGET_MS + APOLOGIZE_BUDGET_MS + SET_ACTIVE_BUDGET_MS
    expect(tableMs + slackMs).toBeLessThan(apologizeMs)
    expect(ROOT_READ_TIMEOUT_MS).toBeLessThanOrEqual(APOLOGY_ROOT_BUDGET_MS)
    expect(APOLOGY_ROOT_BUDGET_MS).toBeLessThanOrEqual(ROOT_BUDGET_MS)
  })

  test('has time to say where a command was typed that its thread cannot be opened', () => {
    expect(tableMs + APOLOGY_ROOT_BUDGET_MS + EPHEMERAL_BUDGET_MS).toBeLessThan(apologizeMs)
  })

  test('apologizes without reading the thread before the queue gives the record up', () => {
    const [receives] = Object.values(template.Resources).flatMap(
      ({ Properties }) => Properties.RedrivePolicy?.maxReceiveCount ?? [],
    )
    expect(receives).toBe(APOLOGY_RECEIVES)
    expect(THREAD_READS).toBeLessThan(APOLOGY_RECEIVES)
  })
})

describe('Slack', () => {
  test('is asked no more often than its rate limits allow for one reply', () => {
    const { tiers, windowMs } = defaultLimits
    if (tiers === 'off') throw new Error('The simulated Slack has no rate limits by default.')
    expect(windowMs / APPEND_GAP_MS).toBeLessThanOrEqual(tiers.t4)
    expect(windowMs / UPDATE_GAP_MS).toBeLessThanOrEqual(tiers.t3)
  })

  test('ends no stream before we do: the last append may wait, hang, and be followed by a stop that hangs', () => {
    const lastMs = SEGMENT_LIMIT_MS + LONGEST_GAP_MS + 2 * SLACK_CALL_TIMEOUT_MS
    expect(lastMs).toBeLessThan(defaultLimits.streamLifetimeMs)
  })

  test('lets a read be repeated once within the smallest budget of a read', () => {
    expect(READER_PAUSE_LEAST_MS).toBeLessThanOrEqual(READER_PAUSE_MOST_MS)
    const smallestMs = Math.min(PEOPLE_BUDGET_MS, THREAD_BUDGET_MS, READ_TIMEOUT_MS, ROOT_READ_TIMEOUT_MS)
    expect(READER_PAUSE_MOST_MS).toBeLessThan(smallestMs)
  })

  test('shows people something new at least as often as the pacer promises, unless it asks for longer waits', () => {
    for (const gapMs of [FIRST_WORD_MS, APPEND_GAP_MS, UPDATE_GAP_MS, UNSTATED_WAIT_MS])
      expect(gapMs).toBeLessThanOrEqual(LONGEST_GAP_MS)
    expect(FIRST_WORD_MS).toBeLessThan(APPEND_GAP_MS)
    // A wait of our own choice is longer than the least one, and leaves an answer time to be posted after it.
    expect(LEAST_WAIT_MS).toBeLessThan(UNSTATED_WAIT_MS)
    expect(UNSTATED_WAIT_MS).toBeLessThan(UNBELIEVED_WAIT_MS)
    expect(2 * UNBELIEVED_WAIT_MS).toBeLessThan(untilDeadlineMs)
  })

  test('is asked again for as long as a write may need within a turn', () => {
    for (const tries of [POSTS, STATUS_TRIES]) expect(pausesMs(BACKOFF, tries)).toBeLessThan(untilDeadlineMs)
    expect(FIND_STREAM_BUDGET_MS + ROOT_BUDGET_MS + CLAIM_CHECK_BUDGET_MS).toBeLessThan(untilDeadlineMs)
  })

  test('is not asked twice in one turn for a feature that it has refused for good', () => {
    expect(UNSUPPORTED_TTL_MS).toBeGreaterThan(answerMs)
  })
})

/** Constants of time that are not budgets. */
const NO_BUDGETS: Record<string, string> = {
  'backend/dynamo/limits.ts HOUR_MS': 'a unit',
  'backend/dynamo/limits.ts DAY_MS': 'a unit',
  'backend/sentences.ts MINUTE_MS': 'a unit',
  'backend/sentences.ts HOUR_MS': 'a unit',
}

describe('every constant of time in backend/', () => {
  const files = globSync('backend/**/*.ts')
  const imported = importsOf(readFileSync(import.meta.filename, 'utf8'))
  const declared = files.flatMap((file) =>
    [
      ...readFileSync(file, 'utf8').matchAll(
        /\bconst ([A-Z][A-Z0-9_]*(?:_MS|_SECONDS|_ATTEMPTS)|[A-Z_]+(?=: Backoff))\b/g,
      ),
    ].map(([, name]) => `${file} ${name}`),
  )

  test('is used in this file, or is listed as no budget', () => {
    expect(declared.length).toBeGreaterThan(40)
    expect(declared.filter((constant) => !imported.has(constant) && !(constant in NO_BUDGETS))).toEqual([])
    expect(Object.keys(NO_BUDGETS).filter((constant) => !declared.includes(constant))).toEqual([])
  })

  test('has a name: no timeout, pause or number of attempts is a bare number', () => {
    const bare = /\b\w*(?:[tT]imeout|maxAttempts|sleep|within|pauseMs|waitMs|budgetMs)\w*(?:\(|: |\s=\s)\s*\d/
    const lines = files.flatMap((file) =>
      readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => bare.test(line) && !/\bconst [A-Z][A-Z0-9_]* = /.test(line))
        .map((line) => `${file}: ${line.trim()}`),
    )
    expect(lines).toEqual([])
  })
})

/** What a source imports from backend/, each as its file and its name. */
function importsOf(source: string): Set<string> {
  const imports = source.matchAll(/import \{([^}]+)\} from '\.\.\/\.\.\/(backend\/[^']+)'/g)
  return new Set(
    [...imports].flatMap(([, names = '', file]) => names.split(',').map((name) => `${file} ${name.trim()}`)),
  )
}
