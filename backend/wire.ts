import { BedrockAgentRuntimeClient } from '@aws-sdk/client-bedrock-agent-runtime'
import { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import * as v from 'valibot'
import type { AnswerDeps } from './answer.ts'
import type { ApologizeDeps } from './apologize.ts'
import { createConverse } from './bedrock/converse.ts'
import { createRerank } from './bedrock/rerank.ts'
import { createRetrieve } from './bedrock/retrieve.ts'
import { systemClock } from './clock.ts'
import type { Config } from './config.ts'
import { createTurns } from './dynamo/turns.ts'
import { createSearch } from './search.ts'
import { createApology } from './slack/apology.ts'
import { createReadPeople } from './slack/people.ts'
import { openReply } from './slack/reply.ts'
import { createReadThread } from './slack/thread.ts'
import { createSlack, type SlackIdentity } from './slack/web-api.ts'

/** Attempts of the AWS SDK, the first included. Converse's own are for what comes before its first event. */
const CONVERSE_ATTEMPTS = 3
const SEARCH_ATTEMPTS = 2
const DYNAMO_ATTEMPTS = 4

export interface Wired {
  answer: AnswerDeps
  apologize: ApologizeDeps
  identity(): Promise<SlackIdentity>
}

/** The composition root: the only place where clients are made. Starts reading the Slack secret. */
export function wire(config: Config): Wired {
  const clock = systemClock
  const slack = createSlack({ readIdentity: createReadIdentity(config), apiUrl: config.slackApiUrl })
  const turns = createTurns(new DynamoDBClient({ region: config.region, maxAttempts: DYNAMO_ATTEMPTS }), config.turnsTable, {
    clock,
    randomId: () => crypto.randomUUID(),
  })
  const knowledge = new BedrockAgentRuntimeClient({ region: config.knowledgeRegion, maxAttempts: SEARCH_ATTEMPTS })
  const runtime = new BedrockRuntimeClient({ region: config.modelRegion, maxAttempts: CONVERSE_ATTEMPTS })
  const { assistant } = config

  return {
    identity: slack.identity,
    answer: {
      turns,
      openReply: (turn, firstStep) => openReply(slack, clock, turn, firstStep),
      readThread: createReadThread(slack),
      readPeople: createReadPeople(slack),
      ...(config.knowledgeBases.length > 0 && {
        search: createSearch({
          retrieve: createRetrieve(knowledge, config.knowledgeBases, assistant.knowledge.passagesPerBase),
          ...(config.rerankModelArn && { rerank: createRerank(knowledge, config.rerankModelArn, assistant.knowledge.passagesShown) }),
          shown: assistant.knowledge.passagesShown,
        }),
      }),
      converse: createConverse(runtime, { modelId: config.modelId, maxTokens: assistant.model.maxTokens, guardrail: config.guardrail }),
      assistant,
      clock,
    },
    apologize: { turns, ...createApology(slack), support: assistant.identity.support },
  }
}

const SlackSecret = v.object({ botToken: v.string(), teamId: v.string(), appId: v.string() })

function createReadIdentity({ slack, region }: Config): () => Promise<SlackIdentity> {
  if (!('secretArn' in slack)) return async () => slack
  const client = new SecretsManagerClient({ region })
  return async () => {
    const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId: slack.secretArn }))
    const secret = v.safeParse(v.pipe(v.string(), v.parseJson(), SlackSecret), SecretString)
    if (!secret.success) throw new Error('The Slack secret is not JSON with botToken, teamId and appId.')
    return secret.output
  }
}
