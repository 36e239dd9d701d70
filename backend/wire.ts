import { BedrockAgentRuntimeClient } from '@aws-sdk/client-bedrock-agent-runtime'
import { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import * as v from 'valibot'
import { createConverse } from './bedrock/converse.ts'
import { createRerank } from './bedrock/rerank.ts'
import { createRetrieve } from './bedrock/retrieve.ts'
import { systemClock } from './clock.ts'
import type { Config } from './config.ts'
import { createAbandonedTurns } from './dynamo/abandoned-turns.ts'
import { createSaveThumb } from './dynamo/feedback.ts'
import { createLimits } from './dynamo/limits.ts'
import { createStops } from './dynamo/stops.ts'
import { createTable } from './dynamo/table.ts'
import { DYNAMO_ATTEMPTS, DYNAMO_TIMEOUT_MS, withGrowingTimeouts } from './dynamo/timeouts.ts'
import { createTurns } from './dynamo/turns.ts'
import { createSearch } from './prompt/search.ts'
import { createSlack, type SlackIdentity, type Tally } from './slack/api/client.ts'
import { createAbandonedThread } from './slack/apology.ts'
import { createOpenThread } from './slack/command-thread.ts'
import { createSendEphemeral } from './slack/ephemeral.ts'
import { createReadNames } from './slack/people.ts'
import { openReply } from './slack/reply/reply.ts'
import { createUnsupportedFeatures } from './slack/reply/unsupported.ts'
import { createReadThread } from './slack/thread.ts'
import type { AnswerDeps } from './turn/answer.ts'
import type { ApologizeDeps } from './turn/apologize.ts'
import type { FeedbackDeps } from './turn/feedback.ts'
import type { StopDeps } from './turn/stop.ts'

/** Attempts of the AWS SDK, the first included. Those of Converse cover the time before its first event. */
export const CONVERSE_ATTEMPTS = 3
export const SEARCH_ATTEMPTS = 2

/** The Slack secret is small, and no turn begins without it. All attempts end within 7 s. */
export const SECRET_ATTEMPTS = 3
export const SECRET_TIMEOUT_MS = 2_000

/** Everything that the handler calls. */
export interface Backend {
  answer: AnswerDeps
  apologize: ApologizeDeps
  stop: StopDeps
  feedback: FeedbackDeps
  identity(): Promise<SlackIdentity>
  refreshIdentity(): Promise<SlackIdentity>
  slackTally(): Tally
}

/** The composition root: only this function creates clients. It also starts to read the Slack secret. */
export function wire(config: Config): Backend {
  const clock = systemClock
  const { assistant } = config
  const { support } = assistant.identity
  const slack = createSlack({ readIdentity: createReadIdentity(config), apiUrl: config.slackApiUrl, clock })
  const dynamo = new DynamoDBClient({
    region: config.region,
    maxAttempts: DYNAMO_ATTEMPTS,
    requestHandler: { requestTimeout: DYNAMO_TIMEOUT_MS, throwOnRequestTimeout: true },
  })
  const table = createTable(withGrowingTimeouts(dynamo), config.turnsTable, clock)
  const randomness = { clock, randomId: () => crypto.randomUUID() }
  const turns = createTurns(table, randomness)
  const knowledge = new BedrockAgentRuntimeClient({
    region: config.knowledgeRegion,
    maxAttempts: SEARCH_ATTEMPTS,
  })
  const runtime = new BedrockRuntimeClient({ region: config.modelRegion, maxAttempts: CONVERSE_ATTEMPTS })
  const openThread = createOpenThread(slack, clock)
  const sendEphemeral = createSendEphemeral(slack, clock)
  const unsupported = createUnsupportedFeatures(clock)

  return {
    identity: slack.identity,
    refreshIdentity: slack.refreshIdentity,
    slackTally: slack.tally,
    answer: {
      claims: turns,
      limits: createLimits(table, assistant.limits, clock),
      replies: {
        openThread,
        sendEphemeral,
        open: (question, claim, opening) =>
          openReply(slack, clock, question, {
            ...opening,
            unsupported,
            // Only an apology needs it, if this process is killed.
            recordStream: (ts) => turns.recordStream(claim, question.channel, ts).catch(() => undefined),
            adoptStream: (ts) => turns.adoptStream(claim.turnId, question.channel, ts).catch(() => false),
            holdsClaim: async () => (await turns.poll(claim, undefined)).holds,
          }),
      },
      thread: { read: createReadThread(slack), readNames: createReadNames(slack) },
      ...(config.knowledgeBases.length > 0 && {
        search: createSearch({
          retrieve: createRetrieve(knowledge, config.knowledgeBases, {
            passagesPerBase: assistant.knowledge.passagesPerBase,
            clock,
          }),
          ...(config.rerankModelArn && {
            rerank: createRerank(knowledge, config.rerankModelArn, assistant.knowledge.passagesShown),
          }),
          shown: assistant.knowledge.passagesShown,
        }),
      }),
      model: {
        converse: createConverse(runtime, {
          modelId: config.modelId,
          ...assistant.model,
          guardrail: config.guardrail,
        }),
      },
      assistant,
      clock,
    },
    apologize: {
      turns: createAbandonedTurns(table, randomness),
      replies: { openThread, sendEphemeral },
      thread: createAbandonedThread(slack, clock, turns.adoptStream),
      support,
    },
    stop: { stops: createStops(table), clock },
    feedback: { turns, saveThumb: createSaveThumb(table), sendEphemeral, support },
  }
}

const SlackSecret = v.object({ botToken: v.string(), teamId: v.string(), appId: v.string() })

function createReadIdentity({ slack, region }: Config): () => Promise<SlackIdentity> {
  if (!('secretArn' in slack)) return async () => slack
  const client = new SecretsManagerClient({
    region,
    maxAttempts: SECRET_ATTEMPTS,
    requestHandler: { requestTimeout: SECRET_TIMEOUT_MS, throwOnRequestTimeout: true },
  })
  return async () => {
    const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId: slack.secretArn }))
    const secret = v.safeParse(v.pipe(v.string(), v.parseJson(), SlackSecret), SecretString)
    if (!secret.success) throw new Error('The Slack secret must be JSON with botToken, teamId and appId.')
    return secret.output
  }
}
