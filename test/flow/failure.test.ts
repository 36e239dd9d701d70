import { beforeAll, describe, expect, test } from 'vitest'
import { refuseWith } from '../../playground/bedrock/refusal.ts'
import type { Call } from '../../playground/calls.ts'
import {
  ANSWER,
  faultOn,
  lastOutcome,
  logged,
  openStage,
  post,
  QUESTION,
  REFERENCE,
  rateLimited,
  slackError,
} from './flow-stage.ts'
import { ending, saying } from './models.ts'

const stage = openStage()

const throttled = {
  kind: 'answer',
  status: 429,
  headers: { 'x-amzn-errortype': 'ThrottlingException' },
  body: '{"message":"Too many requests"}',
} as const
const broken = {
  kind: 'answer',
  status: 500,
  headers: { 'x-amzn-errortype': 'InternalServerException' },
  body: '{"message":"broken"}',
} as const

// Starts the first processes: the tests below measure budgets of a warm function.
beforeAll(async () => void (await post(stage, { text: QUESTION })))

describe('an answer still comes', () => {
  test('if one knowledge base fails, with a note about it', async () => {
    stage.faults = (call) => (call.args.knowledgeBaseId === 'KB00000002' ? broken : undefined)
    // The last characters could begin a link, so they are held back until the answer ends.
    stage.model = saying('It is in the guide [1]')
    const { text } = await post(stage, { text: QUESTION })
    expect(text).toMatch(/^It is in the guide \[1\]\(.*\)\n\n_I could not search runbooks just now\._$/)
  })

  test('if reranking fails', async () => {
    stage.faults = faultOn('Rerank', broken)
    expect((await post(stage, { text: QUESTION })).text).toContain(ANSWER)
  })

  test('if the thread cannot be read, with a note about it', async () => {
    stage.faults = faultOn('conversations.replies', slackError('fatal_error'))
    const { text } = await post(stage, { text: QUESTION })
    expect(text).toContain(ANSWER)
    expect(text).toContain('I could not read the thread')
  })

  test.each([
    [1, 'without a note', false],
    [30, 'with a note', true],
  ])('if Slack asks to wait %d s before the thread can be read, %s', async (seconds, _, without) => {
    stage.faults = faultOn('conversations.replies', rateLimited(seconds), 1)
    const { text } = await post(stage, { text: QUESTION })
    expect(text).toContain(ANSWER)
    expect(text.includes('I could not read the thread')).toBe(without)
  })

  test('with the id of a person if Slack asks to wait before telling the name', async () => {
    stage.faults = faultOn('users.info', rateLimited(30))
    const { threadTs } = await post(stage, { user: 'U00LINUS', text: 'What was it again?' })
    const { text, calls } = await post(stage, { threadTs, text: QUESTION })
    expect(text).toContain(ANSWER)
    expect(shownToModel(calls)).toContain('U00LINUS: What was it again?')
  })

  test('after a paused knowledge base has resumed, which the reply shows', async () => {
    const asleep = refuseWith(
      'ValidationException',
      'The Aurora DB instance db-FAKE is resuming after being auto-paused. Please wait and try again.',
    )
    let left = 1
    stage.faults = ({ args }) => (args.knowledgeBaseId === 'KB00000001' && left-- > 0 ? asleep : undefined)
    const { text, calls, replies } = await post(stage, { text: QUESTION })
    expect(text).toContain(ANSWER)
    expect(text).not.toContain('I could not search')
    const shown = calls
      .filter(({ method }) => method === 'chat.appendStream')
      .map(({ args }) => JSON.stringify(args.chunks))
    expect(shown.join()).toContain('Waiting for wiki to wake up')
    expect(replies[0]?.tasks.map(({ status }) => status)).toEqual(['complete', 'complete'])
  })

  test('with the id of a person whose name Slack does not know', async () => {
    stage.faults = faultOn('users.info', slackError('user_not_found'))
    const { threadTs } = await post(stage, { user: 'U00GRACE', text: 'What was it again?' })
    const { text, calls } = await post(stage, { threadTs, text: QUESTION })
    expect(text).toContain(ANSWER)
    expect(shownToModel(calls)).toContain('U00GRACE: What was it again?')
  })

  test('after the model was throttled twice', async () => {
    stage.faults = faultOn('ConverseStream', throttled, 2)
    const { text, calls } = await post(stage, { text: QUESTION })
    expect(text).toContain(ANSWER)
    expect(calls.filter(({ method }) => method === 'ConverseStream').map(({ status }) => status)).toEqual([
      429, 429, 200,
    ])
  })

  test('by chat.postMessage and chat.update if Slack refuses a stream', async () => {
    stage.faults = faultOn('chat.startStream', slackError('channel_type_not_supported'))
    const { text, replies, writes, calls } = await post(stage, { text: QUESTION })
    expect(text).toContain(ANSWER)
    expect(JSON.stringify(replies[0]?.blocks)).toContain('*Sources*')
    // A slow machine may need more than one update.
    expect([...new Set(writes.filter((method) => method.startsWith('chat.')))]).toEqual([
      'chat.startStream',
      'chat.postMessage',
      'chat.update',
    ])
    expect(calls.find(({ method }) => method === 'chat.postMessage')?.args).toMatchObject({
      unfurl_links: 'false',
      unfurl_media: 'false',
    })
  })

  test('by a post that succeeds at the fourth attempt', async () => {
    const fails = faultOn('chat.postMessage', { kind: 'answer', status: 502 }, 3)
    stage.faults = (call) =>
      call.method === 'chat.startStream' ? slackError('channel_type_not_supported') : fails(call)
    const { text } = await post(stage, { text: QUESTION })
    expect(text).toContain(ANSWER)
    expect(text).not.toMatch(REFERENCE)
  })

  test('once if Slack has ended the stream', async () => {
    stage.faults = faultOn('chat.appendStream', slackError('message_not_in_streaming_state'))
    const { replies } = await post(stage, { text: QUESTION })
    const words = replies.map(({ markdown, text }) => markdown ?? text).join('')
    expect(words.split(ANSWER)).toHaveLength(2)
  })

  test('once if the answer to stopStream was lost', async () => {
    stage.faults = faultOn('chat.stopStream', { kind: 'answer', status: 502, carriedOut: true }, 1)
    const { text, replies } = await post(stage, { text: QUESTION })
    expect(text.split(ANSWER)).toHaveLength(2)
    expect(text).not.toMatch(REFERENCE)
    expect(replies[0]?.streaming).toBe('completed')
  })

  test('once after Slack asked to wait before an append', async () => {
    stage.faults = faultOn('chat.appendStream', rateLimited(1), 1)
    const { text, writes } = await post(stage, { text: QUESTION })
    expect(text.split(ANSWER)).toHaveLength(2)
    expect(writes.filter((method) => method === 'chat.appendStream').length).toBeGreaterThan(1)
  })
})

test.each(['max_tokens', 'model_context_window_exceeded'] as const)(
  'an answer that was cut off at its limit says so (%s)',
  async (stopReason) => {
    stage.model = ending('The first half of it', stopReason)
    const { text } = await post(stage, { text: QUESTION })
    expect(text).toMatch(/^The first half of it.*too long, so it ends here\./s)
  },
)

test('a reply to an archived channel is given up after one refusal', async () => {
  let starts = 0
  stage.faults = ({ method }) =>
    method === 'chat.startStream' ? slackError(++starts === 1 ? 'invalid_chunks' : 'is_archived') : undefined
  const before = stage.stack.lambda.invocations.length
  await post(stage, { channel: 'D00ADA', text: 'where does the VPN guide live?' })
  expect(starts).toBe(2)
  expect(stage.stack.lambda.invocations.slice(before).map(({ outcome }) => outcome)).toEqual(['succeeded'])
  expect(lastOutcome(stage)).toBe('unreachable')
})

test('a model that sends only the not-found marker makes the reply say that nothing was found', async () => {
  stage.model = saying('[0]')
  const { text } = await post(stage, { text: QUESTION })
  expect(text.trim()).toBe('I found nothing about that.')
  expect(logged(stage, 'turn').filter(({ outcome }) => outcome === 'not_found')).toHaveLength(1)
})

describe('a failed answer ends with one sentence and a reference', () => {
  test.each([
    ['the model stays throttled', throttled, 'The model is busy right now.'],
    ['the model cannot be reached', { kind: 'cut' } as const, 'I could not reach the model'],
  ])('if %s', async (_, fault, sentence) => {
    stage.faults = faultOn('ConverseStream', fault)
    const { text, replies } = await post(stage, { text: QUESTION })
    expect(text).toContain(sentence)
    expect(text).toMatch(REFERENCE)
    expect(replies[0]?.streaming).toBe('completed')
  })

  test('if the model breaks off, after the text so far', async () => {
    stage.model = saying('It is in the guide. [1] ', 24)
    stage.streamFaults = () => ({
      afterDeltas: 1,
      ending: { exception: 'modelStreamErrorException', message: 'broken' },
    })
    const { text, replies } = await post(stage, { text: QUESTION })
    expect(text).toMatch(/^It is in the guide\. \[1\]\(.*\)\s+_The answer broke off here/)
    expect(text).toMatch(REFERENCE)
    expect(replies[0]?.blocks.map(({ type }) => type)).toEqual(['section', 'actions'])
  })

  test.each([
    ['all of it', '', /^[^\n]*declined to answer this/],
    ['the rest of it', 'The first half of it', /^The first half of it\n\n_.*declined to answer this/],
  ])('if the provider of the model filters %s', async (_, said, expected) => {
    stage.model = ending(said, 'content_filtered')
    const { text } = await post(stage, { text: QUESTION })
    expect(text).toMatch(expected)
    expect(text).toMatch(REFERENCE)
  })

  test.each(['', '\u200b\u2060', ' \n '])('if the model sends no visible character: "%s"', async (said) => {
    stage.model = saying(said)
    const { text } = await post(stage, { text: QUESTION })
    expect(text).toContain('ended without an answer')
    expect(text).toMatch(REFERENCE)
  })

  test('a reply has the answer of the model and a note if every knowledge base fails', async () => {
    stage.faults = faultOn('Retrieve', broken)
    stage.model = saying('I only know what you tell me.')
    const { text } = await post(stage, { text: QUESTION })
    expect(text).toContain('I only know what you tell me.')
    expect(text).toContain('I could not search wiki and runbooks just now.')
  })
})

function shownToModel(calls: readonly Call[]): string {
  return JSON.stringify(calls.find(({ method }) => method === 'ConverseStream')?.args.messages)
}
