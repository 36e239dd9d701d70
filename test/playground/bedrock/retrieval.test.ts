import {
  RerankCommand,
  type RerankCommandInput,
  RetrieveCommand,
  type RetrieveCommandInput,
} from '@aws-sdk/client-bedrock-agent-runtime'
import { expect, test } from 'vitest'
import { refuseWith } from '../../../playground/bedrock/refusal.ts'
import { fakeAccount, RERANKER, refusalOf } from './fake-account.ts'

const retrieve = (
  text: string | undefined,
  numberOfResults = 2,
  changes: Partial<RetrieveCommandInput> = {},
) =>
  new RetrieveCommand({
    knowledgeBaseId: 'KBWIKI0001',
    retrievalQuery: { text },
    retrievalConfiguration: { vectorSearchConfiguration: { numberOfResults } },
    ...changes,
  })

test('Retrieve returns passages with score, location and metadata', async () => {
  const { agent, calls } = await fakeAccount()
  const { retrievalResults } = await agent.send(retrieve('VPN', 1))
  expect(retrievalResults).toEqual([
    {
      content: { type: 'TEXT', text: 'The VPN guide is under IT.' },
      location: { type: 'CONFLUENCE', confluenceLocation: { url: 'https://wiki.example/vpn' } },
      score: 0.9,
      metadata: {
        'x-amz-bedrock-kb-source-uri': 'https://wiki.example/vpn',
        'x-amz-bedrock-kb-chunk-id': 'chunk-1',
        'x-amz-bedrock-kb-data-source-id': 'DSKBWIKI00',
        title: 'VPN',
        updated: '2026-03-01',
      },
    },
  ])
  expect(calls.all).toMatchObject([
    {
      method: 'Retrieve',
      status: 200,
      args: { knowledgeBaseId: 'KBWIKI0001', retrievalQuery: { text: 'VPN' } },
    },
  ])
  expect(calls.violations).toEqual([])
})

test.each<[string, RetrieveCommand, string, RegExp]>([
  [
    'an unknown knowledge base',
    retrieve('VPN', 1, { knowledgeBaseId: 'KBOTHER001' }),
    'ResourceNotFoundException',
    /^Knowledge Base with id KBOTHER001 does not exist$/,
  ],
  [
    'an invalid id',
    retrieve('VPN', 1, { knowledgeBaseId: 'kb-wiki' }),
    'ValidationException',
    /'knowledgeBaseId'/,
  ],
  ['no text', retrieve(undefined), 'ValidationException', /blank/],
  [
    'a text of 20,001 characters',
    retrieve('a'.repeat(20_001)),
    'ValidationException',
    /'retrievalQuery\.text' failed.* 20000/,
  ],
  ['a request for no results', retrieve('VPN', 0), 'ValidationException', /numberOfResults/],
  ['a request for 101 results', retrieve('VPN', 101), 'ValidationException', /numberOfResults/],
  [
    'text together with an image',
    retrieve('VPN', 1, {
      retrievalQuery: {
        text: 'VPN',
        type: 'TEXT',
        image: { format: 'png', inlineContent: new Uint8Array(3) },
      },
    }),
    'ValidationException',
    /not both/,
  ],
])('Retrieve refuses %s', async (_, command, name, message) => {
  const { agent } = await fakeAccount()
  const refused = await refusalOf(agent.send(command))
  expect(refused.name).toBe(name)
  expect(refused.message).toMatch(message)
})

test('Retrieve with a filter, which the simulator does not have, is a violation', async () => {
  const { agent, calls } = await fakeAccount()
  const filter = { equals: { key: 'team', value: 'Mirin' } }
  await agent.send(retrieve('VPN', 1, { retrievalConfiguration: { vectorSearchConfiguration: { filter } } }))
  expect(calls.violations).toHaveLength(1)
})

test('Retrieve from a paused database is a ValidationException that says so', async () => {
  const message =
    'The Aurora DB instance db-FAKE is resuming after being auto-paused. Please wait a few seconds and try again.'
  const { agent } = await fakeAccount({ faults: () => refuseWith('ValidationException', message) })
  expect(await refusalOf(agent.send(retrieve('VPN')))).toEqual({
    name: 'ValidationException',
    message,
    status: 400,
  })
})

test('Retrieve from a knowledge base that throws resets the stream and is a violation', async () => {
  const broken = {
    location: 'WEB' as const,
    retrieve: () => {
      throw new Error('broken')
    },
  }
  const { agent, calls } = await fakeAccount({ knowledgeBases: new Map([['KBWIKI0001', broken]]) })
  await refusalOf(agent.send(retrieve('VPN')))
  expect(calls.all).toMatchObject([{ status: 0, error: 'Error: broken' }])
  expect(calls.violations).toHaveLength(1)
})

type Source = NonNullable<RerankCommandInput['sources']>[number]
const inline = (text: string): Source => ({
  type: 'INLINE',
  inlineDocumentSource: { type: 'TEXT', textDocument: { text } },
})
const rerank = (query: string, sources: Source[], numberOfResults?: number, modelArn = RERANKER) =>
  new RerankCommand({
    queries: [{ type: 'TEXT', textQuery: { text: query } }],
    sources,
    rerankingConfiguration: {
      type: 'BEDROCK_RERANKING_MODEL',
      bedrockRerankingConfiguration: { modelConfiguration: { modelArn }, numberOfResults },
    },
  })

test("Rerank returns the sources' indexes, best first", async () => {
  const { agent, calls } = await fakeAccount()
  const json: Source = {
    type: 'INLINE',
    inlineDocumentSource: { type: 'JSON', jsonDocument: { about: 'VPN' } },
  }
  const { results } = await agent.send(rerank('VPN', [inline('Rent'), json], 2))
  expect(results).toEqual([
    { index: 1, relevanceScore: 0.8 },
    { index: 0, relevanceScore: 0.2 },
  ])
  expect(calls.violations).toEqual([])
})

test('Rerank returns as many results as asked for', async () => {
  const { agent } = await fakeAccount()
  const { results } = await agent.send(rerank('VPN', [inline('Rent'), inline('VPN'), inline('Desk')], 1))
  expect(results).toEqual([{ index: 1, relevanceScore: 0.8 }])
})

test.each<[string, RerankCommand, RegExp]>([
  [
    'more results than sources',
    rerank('VPN', [inline('a')], 2),
    /^Cannot provide numberOfResults value that exceeds the number of sources\.$/,
  ],
  ['no source', rerank('VPN', []), /'sources' failed/],
  [
    '1001 sources',
    rerank(
      'VPN',
      Array.from({ length: 1001 }, () => inline('a')),
    ),
    /'sources' failed/,
  ],
  ['a long source', rerank('VPN', [inline('a'.repeat(32_001))]), /32000/],
  ['a long query', rerank('a'.repeat(32_001), [inline('a')]), /32000/],
  ['a blank source', rerank('VPN', [inline(' ')]), /blank/],
  [
    'a model of another region',
    rerank('VPN', [inline('a')], 1, RERANKER.replace('us-east-1', 'eu-west-1')),
    /^The provided model ARN for reranking is invalid\./,
  ],
  [
    'an inference profile',
    rerank(
      'VPN',
      [inline('a')],
      1,
      'arn:aws:bedrock:us-east-1:000000000000:inference-profile/us.cohere.rerank',
    ),
    /model ARN/,
  ],
])('Rerank refuses %s', async (_, command, message) => {
  const { agent } = await fakeAccount()
  const refused = await refusalOf(agent.send(command))
  expect(refused.name).toBe('ValidationException')
  expect(refused.message).toMatch(message)
})
