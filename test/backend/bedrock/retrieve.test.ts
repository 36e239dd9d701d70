import type {
  BedrockAgentRuntimeClient,
  RetrieveCommand,
  RetrieveCommandInput,
} from '@aws-sdk/client-bedrock-agent-runtime'
import { expect, test } from 'vitest'
import { createRetrieve } from '../../../backend/bedrock/retrieve.ts'

const BASES = [
  { name: 'wiki', id: 'KB00000001' },
  { name: 'runbooks', id: 'KB00000002' },
]
const PAUSED = 'The Aurora DB instance db-FAKE is resuming after being auto-paused.'

/** Retrieves from both bases on a clock that only a sleep moves. `answer` gives a text, or throws. */
async function retrieveWith(
  answer: (base: string, afterMs: number) => string,
  deadline = new AbortController(),
) {
  let now = 0
  const inputs: RetrieveCommandInput[] = []
  const paused: string[] = []
  const client = {
    async send({ input }: RetrieveCommand) {
      inputs.push(input)
      return { retrievalResults: [{ content: { text: answer(input.knowledgeBaseId ?? '', now) } }] }
    },
  } as unknown as BedrockAgentRuntimeClient
  const clock = {
    now: () => now,
    async sleep(ms: number) {
      now += ms
    },
  }
  const retrieve = createRetrieve(client, BASES, { passagesPerBase: 7, clock })
  const result = await retrieve('where is it?', deadline.signal, (base) => paused.push(base))
  return {
    ...result,
    texts: result.passages.map(({ base, text }) => `${base}: ${text}`),
    inputs,
    paused,
    now,
  }
}

function refuse(name: string, message: string): never {
  throw Object.assign(new Error(message), { name })
}

test('every base is asked for the configured number of passages', async () => {
  const { texts, inputs, unsearched } = await retrieveWith((base) => `found in ${base}`)
  expect(texts).toEqual(['wiki: found in KB00000001', 'runbooks: found in KB00000002'])
  expect(unsearched).toEqual([])
  expect(inputs).toEqual(
    BASES.map(({ id }) => ({
      knowledgeBaseId: id,
      retrievalQuery: { text: 'where is it?' },
      retrievalConfiguration: { vectorSearchConfiguration: { numberOfResults: 7 } },
    })),
  )
})

test('a base that fails is named with its error and asked once, and the others are searched', async () => {
  const { texts, inputs, unsearched, paused } = await retrieveWith((base) =>
    base === 'KB00000001' ? refuse('AccessDeniedException', 'No.') : 'found',
  )
  expect(texts).toEqual(['runbooks: found'])
  expect(unsearched).toEqual([{ base: 'wiki', cause: 'AccessDeniedException', lasting: true }])
  expect(inputs).toHaveLength(2)
  expect(paused).toEqual([])
})

test.each([PAUSED, 'The DB is auto-paused.', 'The DB is resuming.'])(
  'a paused base is asked again until it answers: %s',
  async (message) => {
    const { texts, paused } = await retrieveWith((base, afterMs) =>
      base === 'KB00000002' && afterMs < 25_000 ? refuse('ValidationException', message) : 'found',
    )
    expect(texts).toEqual(['wiki: found', 'runbooks: found'])
    expect(new Set(paused)).toEqual(new Set(['runbooks']))
  },
)

test('a base that stays paused is given up after half a minute', async () => {
  const { texts, unsearched, now } = await retrieveWith((base) =>
    base === 'KB00000002' ? refuse('ValidationException', PAUSED) : 'found',
  )
  expect(texts).toEqual(['wiki: found'])
  expect(unsearched).toEqual([{ base: 'runbooks', cause: 'ValidationException' }])
  expect(now).toBeGreaterThanOrEqual(30_000)
  expect(now).toBeLessThan(40_000)
})

test('a paused base is not asked again after the deadline', async () => {
  const deadline = new AbortController()
  const { texts, inputs, unsearched } = await retrieveWith((base) => {
    if (base === 'KB00000001') return 'found'
    deadline.abort()
    return refuse('ValidationException', PAUSED)
  }, deadline)
  expect(texts).toEqual(['wiki: found'])
  expect(unsearched.map(({ base }) => base)).toEqual(['runbooks'])
  expect(inputs).toHaveLength(2)
})
