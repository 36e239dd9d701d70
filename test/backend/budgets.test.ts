import { expect, test } from 'vitest'
import { FIRST_EVENT_MS, NEXT_EVENT_MS } from '../../backend/bedrock/converse.ts'
import { REPLY_RESERVE_MS } from '../../backend/deadline.ts'
import { LEASE_MARGIN_MS, TURN_TTL_SECONDS } from '../../backend/dynamo/turns.ts'
import { PEOPLE_BUDGET_MS } from '../../backend/slack/people.ts'
import { APPEND_GAP_MS } from '../../backend/slack/reply.ts'
import { THREAD_BUDGET_MS } from '../../backend/slack/thread.ts'
import { SLACK_CALL_TIMEOUT_MS } from '../../backend/slack/web-api.ts'
import { LAMBDA_TIMEOUT_SECONDS } from '../../playground/account.ts'

const lambdaMs = LAMBDA_TIMEOUT_SECONDS * 1000

test('every budget fits inside the one around it', () => {
  // What comes before the model leaves the model its time.
  expect(THREAD_BUDGET_MS + PEOPLE_BUDGET_MS + FIRST_EVENT_MS).toBeLessThan(lambdaMs - REPLY_RESERVE_MS)
  expect(NEXT_EVENT_MS).toBeLessThanOrEqual(FIRST_EVENT_MS)
  // The reserve holds one call to Slack that hangs, after one append's pause.
  expect(SLACK_CALL_TIMEOUT_MS + APPEND_GAP_MS).toBeLessThan(REPLY_RESERVE_MS)
  // A live turn is never claimed twice, and its record outlives it.
  expect(LEASE_MARGIN_MS).toBeGreaterThan(0)
  expect(lambdaMs + LEASE_MARGIN_MS).toBeLessThan(TURN_TTL_SECONDS * 1000)
})
