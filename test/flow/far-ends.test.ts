import { describe, expect, test } from 'vitest'
import type { Fault } from '../../playground/calls.ts'
import { ANSWER, faultOn, openStage, post, QUESTION } from './flow-stage.ts'

const PAGE = 'The printer on floor 7 is called Gutenberg and takes A3 paper.'
const stage = openStage({
  passages: [
    {
      id: 'vpn',
      text: `${ANSWER} The VPN gateway is vpn7.fernwood.example, port 4433.`,
      title: 'VPN',
      url: 'https://wiki.fernwood.example/vpn',
      path: 'vpn.md',
    },
    {
      id: 'x'.repeat(3_000),
      text: PAGE,
      title: 'Printers '.repeat(33_333),
      url: `https://wiki.fernwood.example/${'a'.repeat(9_000)}`,
      path: 'printers.md',
    },
  ],
})

const NEVER: Fault = { kind: 'late', ms: 600_000 }
const HANG_LIMIT_MS = 60_000

// This test is the first one, because a process reads the secret when it starts.
test(
  'an answer comes if the first read of the Slack secret gets no response',
  async () => {
    stage.faults = faultOn('GetSecretValue', NEVER, 1)
    expect((await post(stage, { text: QUESTION })).text).toContain(ANSWER)
  },
  HANG_LIMIT_MS,
)

test(
  'an answer comes from the other base if one base and the reranker never respond',
  async () => {
    stage.faults = (call) =>
      call.args.knowledgeBaseId === 'KB00000002' || call.method === 'Rerank' ? NEVER : undefined
    const { text, calls } = await post(stage, { text: QUESTION })
    expect(text).toContain(ANSWER)
    expect(text).toContain('I could not search runbooks')
    const hung = calls.filter(({ method, marks }) => method !== 'ConverseStream' && marks.reset !== undefined)
    expect(hung.map(({ method }) => method)).toEqual(['Retrieve', 'Rerank'])
  },
  HANG_LIMIT_MS,
)

describe('the model gets every passage once, if the reranker answers with', () => {
  const ranked = (...indexes: unknown[]): Fault => ({
    kind: 'answer',
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ results: indexes.map((index) => ({ index, relevanceScore: 0.5 })) }),
  })
  test.each([
    ['an empty list', ranked()],
    ['an index out of range', ranked(99, -1, 0)],
    ['one index three times', ranked(0, 0, 0)],
  ])('%s', async (_, fault) => {
    stage.faults = faultOn('Rerank', fault)
    const { calls } = await post(stage, { text: `${QUESTION} And what is the printer on floor 7 called?` })
    const asked = JSON.stringify(calls.find(({ method }) => method === 'ConverseStream')?.args.messages)
    expect(asked.split(PAGE)).toHaveLength(2)
    expect(asked.split('The VPN gateway is vpn7.fernwood.example')).toHaveLength(2)
  })
})

test('an answer comes from a page whose id, title and address are very long, and the prompt stays short', async () => {
  const { text, calls } = await post(stage, {
    channel: 'D00ADA',
    text: 'What is the printer on floor 7 called, and what paper does it take?',
  })
  expect(text).toContain('Gutenberg')
  const asked = JSON.stringify(calls.find(({ method }) => method === 'ConverseStream')?.args)
  expect(asked.length).toBeLessThan(20_000)
})
