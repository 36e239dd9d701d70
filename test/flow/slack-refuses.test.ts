import { beforeAll, describe, expect, test } from 'vitest'
import type { Call, Fault } from '../../playground/calls.ts'
import {
  ANSWER,
  ephemerals,
  logged,
  openStage,
  post,
  QUESTION,
  REFERENCE,
  slackError,
  textOf,
} from './flow-stage.ts'
import { speaking } from './models.ts'

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

const methodsOf = (calls: readonly Readonly<Call>[], to: Call['to']) =>
  calls.filter((call) => call.to === to).map(({ method }) => method)

describe('if we may not write to the thread', () => {
  test.each([
    'restricted_action',
    'restricted_action_read_only_channel',
    'restricted_action_a_new_one',
    'messages_tab_disabled',
  ])('no model is asked, and the asker alone reads so (%s)', async (code) => {
    stage.faults = ({ method, args }) =>
      method === 'chat.startStream' || (method === 'chat.postMessage' && args.channel !== 'U00ADA')
        ? slackError(code)
        : undefined
    const { calls, channel, threadTs, replies } = await post(stage, { text: QUESTION })
    expect(replies).toEqual([])
    expect(ephemerals(stage, channel, threadTs)).toEqual([
      { to: 'U00ADA', text: expect.stringContaining('I may not write where you asked me') },
    ])
    expect(methodsOf(calls, 'bedrock')).not.toContain('ConverseStream')
    expect(methodsOf(calls, 'slack').length).toBeLessThan(8)
    expect(lastTurn()).toMatchObject({ outcome: 'unreachable', refused: [`chat.startStream: ${code}`] })
    expect(stage.stack.lambda.deadLetters).toEqual([])
  })

  test('the asker reads so in a direct message if Slack refuses the ephemeral too', async () => {
    stage.faults = ({ method, args }) =>
      /startStream|postEphemeral/.test(method) || (method === 'chat.postMessage' && args.channel !== 'U00ADA')
        ? slackError('restricted_action')
        : undefined
    const { calls } = await post(stage, { text: QUESTION })
    expect(
      calls.filter(({ method }) => method === 'chat.postMessage').map(({ args }) => args.channel),
    ).toEqual(['U00ADA'])
  })
})

test.each(['not_in_channel', 'is_archived', 'thread_not_found', 'token_revoked'])(
  'the model is stopped if the place is lost in the middle of the answer (%s)',
  async (code) => {
    let appends = 0
    let lostAt = 0
    stage.model = speaking(200, 100)
    stage.faults = ({ method }) => {
      if (method === 'chat.appendStream' && ++appends === 3) lostAt = Date.now()
      return lostAt > 0 && /^chat|^agents/.test(method) ? slackError(code) : undefined
    }
    const { calls } = await post(stage, { text: QUESTION })
    const model = calls.find(({ method }) => method === 'ConverseStream')
    // It would speak for 20 s.
    expect((model?.at ?? Number.NaN) + (model?.ms ?? Number.NaN) - lostAt).toBeLessThan(2_000)
    expect(lastTurn()).toMatchObject({ outcome: 'unreachable' })
    expect(stage.stack.lambda.deadLetters).toEqual([])
  },
)

test('a reply that Slack posts at the root of the channel, because the question was deleted, is deleted', async () => {
  let deleted = ''
  stage.faults = ({ method, args }) => {
    if (method !== 'chat.startStream') return undefined
    deleted = String(args.thread_ts)
    stage.stack.slack.delete({ channel: 'C00GENERAL', ts: deleted })
    return slackError('channel_type_not_supported')
  }
  const { calls } = await post(stage, { text: QUESTION })
  expect(deleted).not.toBe('')
  const strays = calls.filter(({ method }) => method === 'chat.delete').map(({ args }) => String(args.ts))
  expect(strays).toHaveLength(1)
  expect(stage.stack.slack.thread('C00GENERAL', strays[0] ?? '').map((message) => message.deleted)).toEqual([
    true,
  ])
  expect(methodsOf(calls, 'slack').filter((method) => method === 'chat.postMessage')).toHaveLength(1)
  expect(lastTurn()).toMatchObject({ outcome: 'unreachable' })
  expect(stage.stack.lambda.deadLetters).toEqual([])
})
