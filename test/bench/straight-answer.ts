import {
  BedrockAgentRuntimeClient,
  RerankCommand,
  RetrieveCommand,
} from '@aws-sdk/client-bedrock-agent-runtime'
import { BedrockRuntimeClient, ConverseStreamCommand } from '@aws-sdk/client-bedrock-runtime'
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { WebClient } from '@slack/web-api'
import type { Turn } from '../../backend/handoff.ts'

// The smallest function that answers a question: it makes the same calls as ours, in parallel wherever
// possible, and handles no error. It is the floor of `npm run bench backend`.

const env = process.env as Record<string, string>
const dynamo = new DynamoDBClient({})
const agent = new BedrockAgentRuntimeClient({})
const runtime = new BedrockRuntimeClient({})
const slack = new SecretsManagerClient({})
  .send(new GetSecretValueCommand({ SecretId: env.SLACK_SECRET_ARN }))
  .then(
    ({ SecretString = '{}' }) =>
      new WebClient(JSON.parse(SecretString).botToken, { slackApiUrl: env.SLACK_API_URL ?? '' }),
  )
const bases = (env.KNOWLEDGE_BASES ?? '').split(',').map((entry) => entry.split('=')[1] ?? '')

const APPEND_GAP_MS = 600

export async function handler({ id, channel, ts, threadTs, userId, userTeamId, text }: Turn): Promise<void> {
  await dynamo.send(
    new PutItemCommand({
      TableName: env.TURNS_TABLE,
      Item: { pk: { S: `turn#${id}` } },
      ConditionExpression: 'attribute_not_exists(pk)',
    }),
  )
  const client = await slack
  const started = client.chat.startStream({
    channel,
    thread_ts: threadTs,
    recipient_user_id: userId,
    recipient_team_id: userTeamId,
    chunks: [{ type: 'task_update', id: 'thread', title: 'Reading the thread', status: 'in_progress' }],
  })
  const thread = client.conversations.replies({ channel, ts: threadTs, latest: ts, inclusive: true })
  const people = thread.then(({ messages = [] }) =>
    Promise.all(
      [...new Set(messages.flatMap(({ user }) => user ?? []))].map((user) => client.users.info({ user })),
    ),
  )
  const [, passages] = await Promise.all([
    people,
    search(ts === threadTs ? text : await thread.then(() => text)),
  ])

  const { stream } = await runtime.send(
    new ConverseStreamCommand({
      modelId: env.MODEL_ID,
      messages: [{ role: 'user', content: [{ text: passages.join('\n') }, { text }] }],
    }),
  )
  let gathered = ''
  let last = 0
  const append = async (): Promise<void> => {
    const piece = gathered
    gathered = ''
    last = Date.now()
    const { ts: reply = '' } = await started
    await client.chat.appendStream({ channel, ts: reply, chunks: [{ type: 'markdown_text', text: piece }] })
  }
  let writing = Promise.resolve()
  for await (const { contentBlockDelta } of stream ?? []) {
    gathered += contentBlockDelta?.delta?.text ?? ''
    if (gathered !== '' && Date.now() - last >= APPEND_GAP_MS) writing = append()
  }
  await writing
  if (gathered !== '') await append()
  await client.chat.stopStream({ channel, ts: (await started).ts ?? '' })
}

async function search(query: string): Promise<string[]> {
  const found = await Promise.all(
    bases.map((knowledgeBaseId) =>
      agent.send(
        new RetrieveCommand({
          knowledgeBaseId,
          retrievalQuery: { text: query },
          retrievalConfiguration: { vectorSearchConfiguration: { numberOfResults: 20 } },
        }),
      ),
    ),
  )
  const texts = found.flatMap(({ retrievalResults = [] }) =>
    retrievalResults.map(({ content }) => content?.text ?? ''),
  )
  const { results = [] } = await agent.send(
    new RerankCommand({
      queries: [{ type: 'TEXT', textQuery: { text: query } }],
      sources: texts.map((text) => ({
        type: 'INLINE',
        inlineDocumentSource: { type: 'TEXT', textDocument: { text } },
      })),
      rerankingConfiguration: {
        type: 'BEDROCK_RERANKING_MODEL',
        bedrockRerankingConfiguration: {
          modelConfiguration: { modelArn: env.RERANK_MODEL_ARN },
          numberOfResults: Math.min(8, texts.length),
        },
      },
    }),
  )
  return results.map(({ index = 0 }) => texts[index] ?? '')
}

/** The bundle must export it; the bench never needs an apology. */
export async function apologize(): Promise<void> {}
