import { BedrockAgentRuntimeClient } from '@aws-sdk/client-bedrock-agent-runtime'
import { expect, onTestFinished, test } from 'vitest'
import { createRetrieve } from '../../../backend/bedrock/retrieve.ts'
import { systemClock } from '../../../backend/clock.ts'
import { AWS_ACCOUNT, ROLE } from '../../../playground/account.ts'
import { startBedrock } from '../../../playground/bedrock/bedrock.ts'
import type { KnowledgeBase } from '../../../playground/bedrock/knowledge-base.ts'
import { createKnowledgeBase } from '../../../playground/bedrock/rank.ts'
import { rerank } from '../../../playground/bedrock/rerank.ts'
import { createCalls } from '../../../playground/calls.ts'

const PAGE = {
  id: 'vpn',
  text: 'The VPN guide lives under IT.',
  title: 'VPN',
  url: 'https://wiki.fernwood.example/vpn',
  updated: '2026-03-01',
  path: 'vpn.md',
}

/** Asks a base twice. */
async function retrieveFrom(base: KnowledgeBase | undefined) {
  const calls = createCalls()
  const bedrock = await startBedrock({
    calls,
    region: AWS_ACCOUNT.region,
    credentials: ROLE,
    models: {},
    knowledgeBases: new Map(base ? [['KB00000001', base]] : []),
    rerank,
    rerankModelArns: [],
    guardrails: {},
  })
  const client = new BedrockAgentRuntimeClient({
    region: AWS_ACCOUNT.region,
    endpoint: bedrock.origin,
    credentials: ROLE,
  })
  onTestFinished(async () => {
    client.destroy()
    await bedrock.close()
  })
  const bases = [{ name: 'wiki', id: 'KB00000001' }]
  const retrieve = createRetrieve(client, bases, { passagesPerBase: 7, clock: systemClock })
  const ask = () => retrieve('where does the VPN guide live?', new AbortController().signal, () => undefined)
  const results = [await ask(), await ask()]
  expect(calls.violations).toEqual([])
  return { results, statuses: calls.all.map(({ status }) => status) }
}

test('a managed base is searched, and from the second question on by one call', async () => {
  const { results, statuses } = await retrieveFrom({
    ...createKnowledgeBase([PAGE], 'WEB'),
    managed: true,
  })
  for (const { passages, unsearched } of results) {
    expect(passages.map(({ text }) => text)).toEqual([PAGE.text])
    expect(unsearched).toEqual([])
  }
  expect(statuses).toEqual([400, 200, 200])
})

test('a row of a SQL base becomes a passage with a line for each column that has a value', async () => {
  const { updated: _, ...undated } = PAGE
  const dated = await retrieveFrom(createKnowledgeBase([PAGE], 'SQL'))
  const without = await retrieveFrom(createKnowledgeBase([undated], 'SQL'))
  const textsOf = ({ results }: typeof dated) => results[0]?.passages.map(({ text }) => text)
  expect(textsOf(dated)).toEqual(['title: VPN\ntext: The VPN guide lives under IT.\nupdated: 2026-03-01'])
  expect(textsOf(without)).toEqual(['title: VPN\ntext: The VPN guide lives under IT.'])
})

test('a base that does not exist is not expected to answer soon', async () => {
  const { results } = await retrieveFrom(undefined)
  expect(results[0]?.unsearched).toEqual([
    { base: 'wiki', cause: 'ResourceNotFoundException', lasting: true },
  ])
})
