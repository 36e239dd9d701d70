import { BedrockRuntimeClient, ConverseStreamCommand } from '@aws-sdk/client-bedrock-runtime'
import { expect, onTestFinished, test } from 'vitest'
import { forTheNext, refuseWith } from '../../../playground/bedrock/refusal.ts'
import type { StreamFault } from '../../../playground/bedrock/stream-fault.ts'
import {
  eventsOf,
  fakeAccount,
  metadataOf,
  question,
  refusalOf,
  scripted,
  stopReasonOf,
  textOf,
  words,
} from './fake-account.ts'

test('an answer arrives as the events of ConverseStream in their order', async () => {
  const model = scripted(
    { reasoning: 'The guide…' },
    { signature: 'c2lnbmVk' },
    { text: 'Under ' },
    { text: 'IT 🗂️.' },
  )
  const { runtime, calls } = await fakeAccount({ model })
  const events = await eventsOf(runtime, question('Where is the VPN guide?'))
  expect(events.slice(0, -1)).toEqual([
    { messageStart: { role: 'assistant' } },
    { contentBlockDelta: { contentBlockIndex: 0, delta: { reasoningContent: { text: 'The guide…' } } } },
    { contentBlockDelta: { contentBlockIndex: 0, delta: { reasoningContent: { signature: 'c2lnbmVk' } } } },
    { contentBlockStop: { contentBlockIndex: 0 } },
    { contentBlockDelta: { contentBlockIndex: 1, delta: { text: 'Under ' } } },
    { contentBlockDelta: { contentBlockIndex: 1, delta: { text: 'IT 🗂️.' } } },
    { contentBlockStop: { contentBlockIndex: 1 } },
    { messageStop: { stopReason: 'end_turn' } },
  ])
  expect(metadataOf(events)?.usage).toEqual({ inputTokens: 6, outputTokens: 6, totalTokens: 12 })
  expect(calls.all).toMatchObject([
    {
      to: 'bedrock',
      method: 'ConverseStream',
      status: 200,
      args: { modelId: 'us.anthropic.claude-haiku-5-5' },
    },
  ])
  expect(calls.all[0]?.marks).toHaveProperty('firstToken')
  expect(calls.violations).toEqual([])
})

test('an answer ends at maxTokens', async () => {
  const { runtime } = await fakeAccount({ model: scripted(...words('one two three four five six')) })
  const events = await eventsOf(runtime, question('Count.', { inferenceConfig: { maxTokens: 2 } }))
  expect([textOf(events), stopReasonOf(events)]).toEqual(['one two ', 'max_tokens'])
})

const exceptions = [
  ['throttlingException', 'ThrottlingException'],
  ['modelStreamErrorException', 'ModelStreamErrorException'],
  ['internalServerException', 'InternalServerException'],
  ['serviceUnavailableException', 'ServiceUnavailableException'],
  ['validationException', 'ValidationException'],
] as const

test.each(exceptions)(
  'an SDK client throws %s after the text before it, and does not retry',
  async (exception, name) => {
    const { runtime, calls } = await fakeAccount({
      streamFaults: () => ({ afterDeltas: 1, ending: { exception, message: 'broken' } }),
    })
    const heard: string[] = []
    const { stream } = await runtime.send(new ConverseStreamCommand(question('Where?')))
    const listening = (async () => {
      for await (const event of stream ?? []) heard.push(event.contentBlockDelta?.delta?.text ?? '')
    })()
    await expect(listening).rejects.toMatchObject({ name, message: 'broken' })
    expect(heard.join('')).toBe('Under ')
    expect(calls.all).toMatchObject([{ status: 200, error: exception }])
  },
)

test('a modelStreamErrorException carries the status of the model', async () => {
  const broken = {
    exception: 'modelStreamErrorException',
    message: 'broken',
    originalStatusCode: 529,
    originalMessage: 'overloaded',
  } as const
  const { runtime } = await fakeAccount({ streamFaults: () => ({ afterDeltas: 0, ending: broken }) })
  await expect(eventsOf(runtime, question('Where?'))).rejects.toMatchObject({
    originalStatusCode: 529,
    originalMessage: 'overloaded',
  })
})

test.each(['reset', 'cut'] satisfies StreamFault['ending'][])(
  'a stream that ends with a %s is an error for its reader',
  async (ending) => {
    const { runtime, calls } = await fakeAccount({ streamFaults: () => ({ afterDeltas: 2, ending }) })
    await refusalOf(eventsOf(runtime, question('Where?')))
    expect(calls.all).toMatchObject([{ method: 'ConverseStream', status: 0 }])
  },
)

test('an SDK client retries two throttled calls and gets the answer', async () => {
  const throttled = refuseWith('ThrottlingException', 'Too many requests, please wait before trying again.')
  const { calls, config } = await fakeAccount({ faults: forTheNext(2, 'ConverseStream', throttled) })
  const client = new BedrockRuntimeClient({ ...config, maxAttempts: 3 })
  onTestFinished(() => client.destroy())
  expect(textOf(await eventsOf(client, question('Where?')))).toBe('Under IT. [1]')
  expect(calls.all.map(({ status, error }) => [status, error])).toEqual([
    [429, 'ThrottlingException'],
    [429, 'ThrottlingException'],
    [200, undefined],
  ])
})

test.each([
  ['ModelNotReadyException', 429],
  ['ServiceUnavailableException', 503],
  ['InternalServerException', 500],
  ['ModelTimeoutException', 408],
  ['ModelErrorException', 424],
  ['AccessDeniedException', 403],
  ['ResourceNotFoundException', 404],
] as const)('Bedrock answers %s with HTTP status %d', async (name, status) => {
  const { runtime } = await fakeAccount({ faults: () => refuseWith(name, 'no') })
  expect(await refusalOf(eventsOf(runtime, question('Where?')))).toEqual({ name, message: 'no', status })
})

test('a client that aborts resets the stream and stops the model', async () => {
  const model = scripted({ text: 'Under ' }, { pauseMs: 600_000 }, { text: 'IT.' })
  const { runtime, calls } = await fakeAccount({ model })
  const abort = new AbortController()
  const { stream } = await runtime.send(new ConverseStreamCommand(question('Where?')), {
    abortSignal: abort.signal,
  })
  const ended = new Promise((resolve) => calls.watch((call, phase) => phase === 'ended' && resolve(call)))
  // The SDK ends the loop without an error.
  for await (const event of stream ?? []) if (event.contentBlockDelta) abort.abort()
  await ended
  expect(calls.all).toMatchObject([{ status: 0 }])
  expect(calls.all[0]?.marks).toHaveProperty('reset')
  expect(model).toMatchObject({ ended: false, stopped: true })
})

test('a silent stream stays open until its reader gives up', async () => {
  const { runtime, calls } = await fakeAccount({
    streamFaults: () => ({ afterDeltas: 1, ending: 'silence' }),
  })
  const abort = new AbortController()
  const { stream } = await runtime.send(new ConverseStreamCommand(question('Where?')), {
    abortSignal: abort.signal,
  })
  const ended = new Promise((resolve) => calls.watch((call, phase) => phase === 'ended' && resolve(call)))
  const reader = stream?.[Symbol.asyncIterator]()
  const heard = [await reader?.next(), await reader?.next()]
  const next = reader?.next()
  expect(calls.all).toMatchObject([{ status: -1 }])
  abort.abort()
  expect(await next).toMatchObject({ done: true })
  await ended
  expect(heard.at(-1)?.value).toMatchObject({ contentBlockDelta: { delta: { text: 'Under ' } } })
  expect(calls.all).toMatchObject([{ status: 0 }])
})

test("the first token and the later ones come at the model's pace", async () => {
  const waits: number[] = []
  let now = Date.now()
  const clock = {
    now: () => now,
    after(ms: number, act: () => void) {
      waits.push(Math.round(ms))
      now += ms
      queueMicrotask(act)
      return () => undefined
    },
  }
  const { runtime } = await fakeAccount({ clock, pace: { firstTokenMs: 600, tokensPerSecond: 50 } })
  await eventsOf(runtime, question('Where?'))
  expect(waits).toEqual([600, 20, 20])
})
