import { beforeAll, describe, expect, test } from 'vitest'
import type { Call, Fault } from '../../playground/calls.ts'
import { ANSWER, logged, openStage, post, QUESTION, REFERENCE, slackError, textOf } from './flow-stage.ts'

const stage = openStage()

// Starts the first process: the tests below count the calls of a warm function.
beforeAll(async () => void (await post(stage, { text: QUESTION })))

/** The log line of the last turn, without those of Slack's second deliveries. */
const lastTurn = () => logged(stage, 'turn').findLast(({ outcome }) => outcome !== 'duplicate')

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

const hasBlocks = ({ args }: Readonly<Call>) => Array.isArray(args.blocks) && args.blocks.length > 0
const hasThumbs = ({ args }: Readonly<Call>) => JSON.stringify(args.blocks ?? '').includes('feedback')

describe('a finished answer is shown', () => {
  test.each(['invalid_blocks', 'only_one_table_allowed', 'no_text', 'markdown_text_conflict', 'a_new_code'])(
    'as plain text if every message with blocks is refused with %s, and the log says so',
    async (code) => {
      stage.faults = (call) => {
        if (call.method === 'chat.startStream') return slackError('channel_type_not_supported')
        return /^chat\.(postMessage|update)$/.test(call.method) && hasBlocks(call)
          ? slackError(code)
          : undefined
      }
      const { text } = await post(stage, { text: QUESTION })
      expect(text).toContain(ANSWER)
      expect(text).not.toMatch(REFERENCE)
      expect(lastTurn()).toMatchObject({
        outcome: 'answered',
        refused: expect.arrayContaining([`chat.postMessage: ${code}`]),
      })
    },
  )

  test.each([
    ['an append', 'chat.appendStream'],
    ['the stop', 'none'],
  ])('if Slack refuses the content of %s, and every message with blocks', async (_, method) => {
    stage.faults = (call) =>
      call.method === method || (call.method.startsWith('chat.') && hasBlocks(call))
        ? slackError('invalid_blocks')
        : undefined
    const { replies } = await post(stage, { text: QUESTION })
    expect(replies.map(textOf).join('\n')).toContain(ANSWER)
    expect(lastTurn()).toMatchObject({ outcome: 'answered' })
  })

  test('without its thumbs if only those are refused', async () => {
    stage.faults = (call) => (hasThumbs(call) ? slackError('invalid_blocks') : undefined)
    const { text, replies } = await post(stage, { text: QUESTION })
    expect(text).toContain(ANSWER)
    expect(replies[0]?.streaming).toBe('completed')
    expect(lastTurn()).toMatchObject({ outcome: 'answered' })
  })
})
