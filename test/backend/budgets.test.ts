import { expect, test } from 'vitest'
import { FIRST_EVENT_MS, NEXT_EVENT_MS } from '../../backend/bedrock/converse.ts'
import { REPLY_RESERVE_MS } from '../../backend/deadline.ts'
import { TURN_TTL_SECONDS } from '../../backend/dynamo/turn-item.ts'
import { LEASE_MARGIN_MS } from '../../backend/dynamo/turns.ts'
import { SLACK_CALL_TIMEOUT_MS } from '../../backend/slack/api/client.ts'
import { PEOPLE_BUDGET_MS } from '../../backend/slack/people.ts'
import { APPEND_GAP_MS } from '../../backend/slack/reply/limits.ts'
import { THREAD_BUDGET_MS } from '../../backend/slack/thread.ts'
import { THREAD_READS } from '../../backend/turn/apologize.ts'
import { ANSWER_FUNCTION, APOLOGY_RECEIVES } from '../../playground/account.ts'
import { functionNamed, home, only } from '../infra/synthesized.ts'

// As it is deployed; test/infra/functions.test.ts says that the playground's is the same.
const template = home()
const lambdaMs = functionNamed(template, ANSWER_FUNCTION).Properties.Timeout * 1000

test('every budget fits inside the one around it', () => {
  // What comes before the model leaves the model its time.
  expect(THREAD_BUDGET_MS + PEOPLE_BUDGET_MS + FIRST_EVENT_MS).toBeLessThan(lambdaMs - REPLY_RESERVE_MS)
  expect(NEXT_EVENT_MS).toBeLessThanOrEqual(FIRST_EVENT_MS)
  // The reserve holds one call to Slack that hangs, after one append's pause.
  expect(SLACK_CALL_TIMEOUT_MS + APPEND_GAP_MS).toBeLessThan(REPLY_RESERVE_MS)
  // A live turn is never claimed twice, and its record outlives it.
  expect(LEASE_MARGIN_MS).toBeGreaterThan(0)
  expect(lambdaMs + LEASE_MARGIN_MS).toBeLessThan(TURN_TTL_SECONDS * 1000)
  // What waits for Lambda longer than a turn may take is still delivered, and its record is there to be apologized for.
  expect(
    only(template, 'AWS::Lambda::EventInvokeConfig').Properties.MaximumEventAgeInSeconds * 1000,
  ).toBeGreaterThan(lambdaMs)
  // What cannot be looked at is spoken of before its record is given up.
  const [receives] = Object.values(template.Resources).flatMap(
    ({ Properties }) => Properties.RedrivePolicy?.maxReceiveCount ?? [],
  )
  expect(receives).toBe(APOLOGY_RECEIVES)
  expect(THREAD_READS).toBeLessThan(APOLOGY_RECEIVES)
})
