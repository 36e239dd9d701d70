import { BedrockAgentRuntimeClient } from '@aws-sdk/client-bedrock-agent-runtime'
import {
  BedrockRuntimeClient,
  ConverseStreamCommand,
  type ConverseStreamCommandInput,
  type ConverseStreamOutput,
} from '@aws-sdk/client-bedrock-runtime'
import { onTestFinished } from 'vitest'
import { ROLE } from '../../../playground/account.ts'
import { type BedrockOptions, startBedrock } from '../../../playground/bedrock/bedrock.ts'
import type { KnowledgeBase } from '../../../playground/bedrock/knowledge-base.ts'
import type { Model, Piece } from '../../../playground/bedrock/models/model.ts'
import { createCalls } from '../../../playground/calls.ts'

export const HAIKU = 'us.anthropic.claude-haiku-5-5'
export const RERANKER = 'arn:aws:bedrock:us-east-1::foundation-model/cohere.rerank-v3-5:0'

const vpn = {
  id: 'chunk-1',
  text: 'The VPN guide is under IT.',
  title: 'VPN',
  url: 'https://wiki.example/vpn',
  updated: '2026-03-01',
  path: 'vpn.md',
}
const rent = {
  id: 'chunk-2',
  text: 'Rent is due on the first.',
  title: 'Rent',
  url: 'https://wiki.example/rent',
  path: 'rent.md',
}
const wiki: KnowledgeBase = {
  location: 'CONFLUENCE',
  retrieve: (query) =>
    [vpn, rent].map((passage) => ({ passage, score: passage.text.includes(query) ? 0.9 : 0.1 })),
}

/** A model that outputs these pieces. It remembers its requests, and if it was read to the end. */
export function scripted(...pieces: Piece[]) {
  const model = { asked: [] as unknown[], ended: false, stopped: false, answer }
  async function* answer(request: unknown) {
    model.asked.push(request)
    try {
      yield* pieces
      model.ended = true
    } finally {
      model.stopped = true
    }
  }
  return model satisfies Model
}

export const words = (text: string): Piece[] => text.split(/(?<= )/).map((word) => ({ text: word }))

/** Starts a simulated Bedrock for one test, with both real clients. */
export async function fakeAccount(changes: Partial<BedrockOptions> & { model?: Model } = {}) {
  const calls = createCalls()
  const { model = scripted(...words('Under IT. [1]')), ...rest } = changes
  const { origin, close } = await startBedrock({
    calls,
    region: 'us-east-1',
    credentials: ROLE,
    models: {
      [HAIKU]: model,
      'us.anthropic.claude-haiku-4-5-20251001-v1:0': model,
      'amazon.nova-lite-v1:0': model,
    },
    guardrails: {},
    knowledgeBases: new Map([['KBWIKI0001', wiki]]),
    rerank: (query, texts) =>
      texts
        .map((text, index) => ({ index, relevanceScore: text.includes(query) ? 0.8 : 0.2 }))
        .sort((a, b) => b.relevanceScore - a.relevanceScore),
    rerankModelArns: [RERANKER],
    pace: { firstTokenMs: 0, tokensPerSecond: 0 },
    ...rest,
  })
  const config = { endpoint: origin, region: 'us-east-1', credentials: ROLE, maxAttempts: 1 }
  const runtime = new BedrockRuntimeClient(config)
  const agent = new BedrockAgentRuntimeClient(config)
  onTestFinished(async () => {
    runtime.destroy()
    agent.destroy()
    await close()
  })
  return { origin, calls, runtime, agent, config }
}

export const question = (
  text: string,
  changes: Partial<ConverseStreamCommandInput> = {},
): ConverseStreamCommandInput => ({
  modelId: HAIKU,
  messages: [{ role: 'user', content: [{ text }] }],
  ...changes,
})

export async function eventsOf(
  client: BedrockRuntimeClient,
  input: ConverseStreamCommandInput,
  abortSignal?: AbortSignal,
) {
  const { stream } = await client.send(new ConverseStreamCommand(input), abortSignal ? { abortSignal } : {})
  const events: ConverseStreamOutput[] = []
  for await (const event of stream ?? []) events.push(event)
  return events
}

export const textOf = (events: ConverseStreamOutput[]) =>
  events.map((event) => event.contentBlockDelta?.delta?.text ?? '').join('')
export const stopReasonOf = (events: ConverseStreamOutput[]) =>
  events.find((event) => event.messageStop)?.messageStop?.stopReason
export const metadataOf = (events: ConverseStreamOutput[]) => events.find((event) => event.metadata)?.metadata

/** The name, message and status of the error that `promise` rejects with. Throws if it resolves. */
export async function refusalOf(
  promise: Promise<unknown>,
): Promise<{ name: string; message: string; status: number | undefined }> {
  try {
    await promise
  } catch (error) {
    const { name, message, $metadata } = error as {
      name: string
      message: string
      $metadata?: { httpStatusCode?: number }
    }
    return { name, message, status: $metadata?.httpStatusCode }
  }
  throw new Error('Bedrock did not refuse the request.')
}
