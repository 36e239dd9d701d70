import { beforeAll, describe, expect, test } from 'vitest'
import type { Fault } from '../../playground/calls.ts'
import { ANSWER, openStage, post, QUESTION } from './flow-stage.ts'

const stage = openStage()

// Starts the first process: the tests below count the calls of a warm function.
beforeAll(async () => void (await post(stage, { text: QUESTION })))

/** Slack limits the rate, and names the wait in this header. */
const limited = (retryAfter: string | undefined): Fault => ({
  kind: 'answer',
  status: 429,
  headers: retryAfter === undefined ? {} : { 'retry-after': retryAfter },
  body: '{"ok":false,"error":"ratelimited"}',
})

describe('a wait that Slack asks for', () => {
  test('is at least half a second and grows, though Slack says 0 again and again', async () => {
    stage.faults = ({ method }) => (method === 'conversations.replies' ? limited('0') : undefined)
    const { text, calls } = await post(stage, { text: QUESTION })
    expect(text).toContain(ANSWER)
    const reads = calls.filter(({ method }) => method === 'conversations.replies').length
    expect(reads).toBeGreaterThan(1)
    expect(reads).toBeLessThan(5)
  })
})
