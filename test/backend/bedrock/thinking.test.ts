import { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createConverse } from '../../../backend/bedrock/converse.ts'
import type { Delta } from '../../../backend/prompt/model.ts'
import { AWS_ACCOUNT, ROLE } from '../../../playground/account.ts'
import { startBedrock } from '../../../playground/bedrock/bedrock.ts'
import type { Model } from '../../../playground/bedrock/models/model.ts'
import { forTheNext, refuseWith } from '../../../playground/bedrock/refusal.ts'
import { rerank } from '../../../playground/bedrock/rerank.ts'
import { createCalls, type Faults } from '../../../playground/calls.ts'

const HAIKU = 'us.anthropic.claude-haiku-5-5'
const SONNET = 'us.anthropic.claude-sonnet-5-5'
const OLD_HAIKU = 'us.anthropic.claude-haiku-4-5-20251001-v1:0'
const NOVA = 'us.amazon.nova-2-lite-v1:0'
const OTHER = 'playground.model-v1:0'

/** Claude of version 5: it thinks unless the request says otherwise, and thinking counts as output. */
const thinker: Model = {
  async *answer({ additionalModelRequestFields }) {
    if (JSON.stringify(additionalModelRequestFields ?? {}) !== '{"thinking":{"type":"disabled"}}')
      for (let n = 0; n < 1_000; n++) yield { reasoning: 'Hmm, well. ' }
    yield { text: 'Under IT.' }
  },
}

async function converse(options: {
  modelId: string
  maxTokens?: number
  thinking?: 'on' | 'off'
  effort?: 'low' | 'medium' | 'high' | 'xhigh' | 'max'
  faults?: Faults
}) {
  const calls = createCalls()
  const bedrock = await startBedrock({
    calls,
    region: AWS_ACCOUNT.region,
    credentials: ROLE,
    models: Object.fromEntries([HAIKU, SONNET, OLD_HAIKU, NOVA, OTHER].map((id) => [id, thinker])),
    knowledgeBases: new Map(),
    rerank,
    rerankModelArns: [],
    guardrails: {},
    pace: { firstTokenMs: 0, tokensPerSecond: 0 },
    ...(options.faults && { faults: options.faults }),
  })
  const client = new BedrockRuntimeClient({
    region: AWS_ACCOUNT.region,
    endpoint: bedrock.origin,
    credentials: ROLE,
  })
  onTestFinished(async () => {
    client.destroy()
    await bedrock.close()
  })
  const prompt = { system: 'Be brief.', history: [], question: 'where does the VPN guide live?' }
  const deltas: Delta[] = []
  for await (const delta of createConverse(client, { maxTokens: 4_000, ...options })(
    prompt,
    new AbortController().signal,
  ))
    deltas.push(delta)
  expect(calls.violations).toEqual([])
  const { additionalModelRequestFields, outputConfig } = calls.all.at(-1)?.args ?? {}
  return { deltas, end: deltas.at(-1), sent: { additionalModelRequestFields, outputConfig } }
}

test('Claude Haiku 5.5 answers within 2,000 tokens, because it is told not to think', async () => {
  const { deltas } = await converse({ modelId: HAIKU, maxTokens: 2_000 })
  expect(deltas.map((delta) => (delta.kind === 'text' ? delta.text : delta.stopReason))).toEqual([
    'Under IT.',
    'end_turn',
  ])
})

test('the end says how many tokens the model spent on thinking, if it did', async () => {
  const { end } = await converse({ modelId: HAIKU, thinking: 'on' })
  expect(end).toMatchObject({ outputTokens: 2_753, thinkingTokens: 2_751 })
  expect((await converse({ modelId: HAIKU })).end).not.toHaveProperty('thinkingTokens')
})

describe('the simulated Bedrock accepts, and gets from the family', () => {
  const claude = (thinking: object) => ({ thinking })
  test.each<[string, Parameters<typeof converse>[0], object | undefined, object | undefined]>([
    ['that thinks unless told otherwise: off', { modelId: HAIKU }, claude({ type: 'disabled' }), undefined],
    [
      'the same, on: nothing',
      { modelId: HAIKU, thinking: 'on', effort: 'max' },
      undefined,
      { effort: 'max' },
    ],
    [
      'the same, off, with the highest effort that it allows',
      { modelId: HAIKU, effort: 'max' },
      claude({ type: 'disabled' }),
      { effort: 'high' },
    ],
    [
      'that always thinks: nothing but the effort',
      { modelId: SONNET, effort: 'low' },
      undefined,
      { effort: 'low' },
    ],
    ['that thinks only if asked, off: nothing', { modelId: OLD_HAIKU }, undefined, undefined],
    [
      'the same, on: a budget',
      { modelId: OLD_HAIKU, thinking: 'on' },
      claude({ type: 'enabled', budget_tokens: 2_000 }),
      undefined,
    ],
    ['Nova 2, off', { modelId: NOVA }, { reasoningConfig: { type: 'disabled' } }, undefined],
    [
      'Nova 2, on',
      { modelId: NOVA, thinking: 'on', effort: 'low' },
      { reasoningConfig: { type: 'enabled', maxReasoningEffort: 'low' } },
      undefined,
    ],
    ['that we do not know: nothing', { modelId: OTHER }, undefined, undefined],
  ])('%s', async (_, options, fields, outputConfig) => {
    const { sent } = await converse(options)
    expect(sent).toEqual({ additionalModelRequestFields: fields, outputConfig })
  })
})

test('a model that refuses what we say about thinking is asked once more without it', async () => {
  const refused = refuseWith(
    'ValidationException',
    'The model returned the following errors: thinking.type: `disabled` is not supported for this model.',
  )
  const { end, sent } = await converse({ modelId: HAIKU, faults: forTheNext(1, 'ConverseStream', refused) })
  expect(end).toMatchObject({ stopReason: 'end_turn' })
  expect(sent).toEqual({ additionalModelRequestFields: undefined, outputConfig: undefined })
})
