import type { ConverseStreamOutput } from '@aws-sdk/client-bedrock-runtime'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { FIRST_TEXT_MS, NEXT_EVENT_MS } from '../../../backend/bedrock/converse.ts'
import { ask, namedError, type Step } from './scripted-model.ts'

const TEXT: ConverseStreamOutput = {
  contentBlockDelta: { contentBlockIndex: 0, delta: { text: 'Under IT.' } },
}
const STOP: ConverseStreamOutput = { messageStop: { stopReason: 'end_turn' } }

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('a model that stops sending', () => {
  test.each<[string, Step[], Step[]]>([
    ['before the stream opens', [], ['silence']],
    ['before the first event', ['silence'], []],
  ])('%s, fails as silent after FIRST_TEXT_MS and is aborted', async (_, steps, opening) => {
    const exchange = ask(steps, opening)
    await vi.advanceTimersByTimeAsync(FIRST_TEXT_MS - 1)
    expect(exchange).toMatchObject({ done: false })
    await vi.advanceTimersByTimeAsync(1)
    expect(exchange).toMatchObject({ done: true, failure: 'model_silent' })
    expect(exchange.aborted()).toBe(true)
  })

  test.each<[string, ConverseStreamOutput]>([
    ['its first event', { messageStart: { role: 'assistant' } }],
    [
      'a thought',
      { contentBlockDelta: { contentBlockIndex: 0, delta: { reasoningContent: { text: 'Hm.' } } } },
    ],
  ])('after %s without text, fails as silent after FIRST_TEXT_MS', async (_, event) => {
    const exchange = ask([{ afterMs: 0, event }, 'silence'])
    await vi.advanceTimersByTimeAsync(FIRST_TEXT_MS - 1)
    expect(exchange).toMatchObject({ done: false })
    await vi.advanceTimersByTimeAsync(1)
    expect(exchange).toMatchObject({ done: true, failure: 'model_silent' })
  })

  test('after text, interrupts the answer after NEXT_EVENT_MS', async () => {
    const exchange = ask([{ afterMs: 0, event: TEXT }, 'silence'])
    await vi.advanceTimersByTimeAsync(NEXT_EVENT_MS)
    expect(exchange).toMatchObject({
      failure: 'answer_interrupted',
      deltas: [{ kind: 'text', text: 'Under IT.' }],
    })
  })
})

test('a model that pauses less than the limits answers, however long it takes in all', async () => {
  const paused = { afterMs: NEXT_EVENT_MS - 1, event: TEXT }
  const exchange = ask(
    [paused, paused, paused, { ...paused, event: STOP }],
    [{ afterMs: FIRST_TEXT_MS - NEXT_EVENT_MS, event: STOP }],
  )
  await vi.advanceTimersByTimeAsync(4 * NEXT_EVENT_MS + FIRST_TEXT_MS)
  expect(exchange).toMatchObject({ done: true, failure: undefined })
  expect(exchange.deltas.map(({ kind }) => kind)).toEqual(['text', 'text', 'text', 'end'])
})

describe('a stream that ends without saying why', () => {
  test.each([
    ['before the first text, fails', [], 'model_failed'],
    ['after text, interrupts the answer', [{ afterMs: 0, event: TEXT }], 'answer_interrupted'],
  ])('%s', async (_, steps, failure) => {
    const exchange = ask(steps)
    await vi.advanceTimersByTimeAsync(0)
    expect(exchange).toMatchObject({ done: true, failure })
  })
})

test.each([
  ['ThrottlingException', 'model_busy'],
  ['ModelNotReadyException', 'model_busy'],
  ['ServiceUnavailableException', 'model_busy'],
  ['TooManyRequestsException', 'model_busy'],
  ['AccessDeniedException', 'model_denied'],
  ['ModelStreamErrorException', 'model_error'],
  ['ValidationException', 'model_refused'],
  ['ResourceNotFoundException', 'model_unavailable'],
  ['Error', 'model_failed'],
])('%s fails as %s, before and in the stream', async (name, failure) => {
  const error = { error: namedError(name) }
  const refused = ask([], [error])
  const brokenOff = ask([error])
  await vi.advanceTimersByTimeAsync(0)
  expect([refused.failure, brokenOff.failure]).toEqual([failure, failure])
})

test.each([
  ['before the first text', []],
  ['after text', [{ afterMs: 0, event: TEXT }]],
])('an abort by the caller %s aborts the request, and is no failure of the model', async (_, steps) => {
  const exchange = ask([...steps, 'silence'])
  await vi.advanceTimersByTimeAsync(0)
  exchange.abort()
  await vi.advanceTimersByTimeAsync(0)
  expect(exchange).toMatchObject({ done: true, failure: 'AbortError' })
  expect(exchange.aborted()).toBe(true)
})

test('leaving the loop aborts the request, so that nobody pays for words that nobody reads', async () => {
  const exchange = ask([{ afterMs: 0, event: TEXT }, 'silence'], [], 1)
  await vi.advanceTimersByTimeAsync(0)
  expect(exchange).toMatchObject({ done: true, failure: undefined })
  expect(exchange.aborted()).toBe(true)
})

test('the end says why the model stopped and what the answer cost, and leaves reasoning out', async () => {
  const exchange = ask([
    {
      afterMs: 0,
      event: { contentBlockDelta: { contentBlockIndex: 0, delta: { reasoningContent: { text: 'Hm.' } } } },
    },
    { afterMs: 0, event: TEXT },
    { afterMs: 0, event: { messageStop: { stopReason: 'max_tokens' } } },
    {
      afterMs: 0,
      event: {
        metadata: {
          usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3, cacheReadInputTokens: 4 },
          metrics: { latencyMs: 5 },
        },
      },
    },
  ])
  await vi.advanceTimersByTimeAsync(0)
  expect(exchange.deltas).toEqual([
    { kind: 'text', text: 'Under IT.' },
    {
      kind: 'end',
      stopReason: 'max_tokens',
      inputTokens: 1,
      outputTokens: 2,
      cachedTokens: 4,
      thinkingTokens: 1,
    },
  ])
})

test('a guardrail that intervened counts as a block if the events that say more are lost', async () => {
  const exchange = ask([
    { afterMs: 0, event: TEXT },
    { afterMs: 0, event: { messageStop: { stopReason: 'guardrail_intervened' } } },
  ])
  await vi.advanceTimersByTimeAsync(0)
  expect(exchange.deltas.at(-1)).toMatchObject({ guardrail: { on: 'answer', rules: [] } })
})
