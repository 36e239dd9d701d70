import { BACKEND_BUNDLE } from '../infra/build.ts'
import { type BedrockOptions, startBedrock } from './bedrock/bedrock.ts'
import { extractive } from './bedrock/extractive.ts'
import type { GuardrailPolicy } from './bedrock/guardrail.ts'
import type { KnowledgeBase } from './bedrock/knowledge-base.ts'
import type { Model } from './bedrock/model.ts'
import { rerank } from './bedrock/rerank.ts'
import { type Calls, createCalls, type Faults } from './calls.ts'
import { type Dynamo, startDynamo } from './dynamo.ts'
import { type Edge, startEdge } from './edge.ts'
import { type Lambda, startLambda } from './lambda/lambda.ts'
import { type Secrets, startSecrets } from './secrets.ts'
import { identity } from './slack/identity.ts'
import type { SlackLimits } from './slack/limits.ts'
import { type Slack, startSlack } from './slack/slack.ts'

const REGION = 'us-east-1'
const ACCOUNT = '000000000000'
/** The key that the edge invokes with. */
const CALLER = { accessKeyId: 'AKIAFAKEEDGE', secretAccessKey: 'fake-edge-secret' }
/** What Lambda's role gives the functions. */
const ROLE = { accessKeyId: 'ASIAFAKELAMBDA', secretAccessKey: 'fake-lambda-secret', sessionToken: 'fake-session-token' }
const TURNS_TABLE = 'vera-turns'
const SLACK_SECRET = `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:vera/slack-AbCdEf`
const MODEL_ID = 'playground.model-v1:0'
const RERANK_MODEL = `arn:aws:bedrock:${REGION}::foundation-model/amazon.rerank-v1:0`
const GUARDRAIL = { id: 'gr00fake', version: '1' }

/** The name in wrangler.toml's LAMBDA_FUNCTION, and that of the function behind its on-failure queue. */
const ANSWER_FUNCTION = 'vera-answer'
const APOLOGIZE_FUNCTION = 'vera-apologize'
/** As deployed. Lambda's time limit nests around every budget of the backend. */
export const LAMBDA_TIMEOUT_SECONDS = 300
const LAMBDA_MEMORY_MB = 1024

/** Both tiers and every far end, on loopback. */
export interface Stack {
  calls: Calls
  slack: Slack
  lambda: Lambda
  bedrock: { origin: string }
  dynamo: Dynamo
  secrets: Secrets
  edge: Edge
  /** What one needs to speak to the far ends by hand. All of it is fake. */
  credentials: Record<string, string>
  /** Nothing is under way: no event to be sent again, no invocation, no record of a failure. */
  settled(): Promise<void>
  /** Stops all of it. Throws where the product did what it never may: `calls.violations`. */
  close(): Promise<void>
}

export interface StackOptions {
  /** By the name that people read. May be empty. */
  knowledge: ReadonlyMap<string, KnowledgeBase>
  model?: Model
  guardrail?: GuardrailPolicy
  edgePort?: number
  slackLimits?: Partial<SlackLimits>
  pace?: BedrockOptions['pace']
  faults?: Faults
  streamFaults?: BedrockOptions['streamFaults']
  lambdaTimeoutSeconds?: number
  /** How long the on-failure queue waits before it delivers a record again. */
  redeliverAfterMs?: number
}

/** Starts everything that a question passes. The bundles in `dist` are taken as they are. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { knowledge, model = extractive, guardrail, faults } = options
  const calls = createCalls()
  const closers: (() => Promise<void>)[] = []
  async function started<T extends { close(): Promise<void> }>(starting: Promise<T>): Promise<T> {
    const one = await starting
    closers.push(() => one.close())
    return one
  }
  const shared = { calls, ...(faults && { faults }) }

  try {
    const [slack, bedrock, dynamo, secrets] = await allStarted([
      started(startSlack({ ...shared, ...(options.slackLimits && { limits: options.slackLimits }) })),
      started(
        startBedrock({
          ...shared,
          region: REGION,
          credentials: ROLE,
          models: { [MODEL_ID]: model },
          knowledgeBases: new Map([...knowledge.values()].map((base, index) => [baseId(index), base])),
          rerank,
          rerankModelArns: [RERANK_MODEL],
          guardrails: guardrail ? { [`${GUARDRAIL.id}:${GUARDRAIL.version}`]: guardrail } : {},
          ...(options.pace && { pace: options.pace }),
          ...(options.streamFaults && { streamFaults: options.streamFaults }),
        }),
      ),
      started(startDynamo({ ...shared, tables: [{ name: TURNS_TABLE, partitionKey: 'pk' }] })),
      started(startSecrets({ calls, region: REGION, credentials: ROLE, secrets: { [SLACK_SECRET]: JSON.stringify(slackSecret()) } })),
    ])
    const environment = {
      TURNS_TABLE,
      SLACK_SECRET_ARN: SLACK_SECRET,
      SLACK_API_URL: slack.apiUrl,
      MODEL_ID,
      KNOWLEDGE_BASES: [...knowledge.keys()].map((name, index) => `${name}=${baseId(index)}`).join(','),
      RERANK_MODEL_ARN: RERANK_MODEL,
      ...(guardrail && { GUARDRAIL_ID: GUARDRAIL.id, GUARDRAIL_VERSION: GUARDRAIL.version }),
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: bedrock.origin,
      AWS_ENDPOINT_URL_BEDROCK_AGENT_RUNTIME: bedrock.origin,
      AWS_ENDPOINT_URL_DYNAMODB: dynamo.endpoint,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.endpoint,
    }
    const fn = { bundle: BACKEND_BUNDLE, environment, memoryMb: LAMBDA_MEMORY_MB }
    const timeoutSeconds = options.lambdaTimeoutSeconds ?? LAMBDA_TIMEOUT_SECONDS
    const lambda = await started(
      startLambda({
        ...shared,
        region: REGION,
        accountId: ACCOUNT,
        caller: CALLER,
        role: ROLE,
        ...(options.redeliverAfterMs !== undefined && { failureQueue: { visibilityTimeoutMs: options.redeliverAfterMs } }),
        functions: [
          {
            ...fn,
            name: ANSWER_FUNCTION,
            aliases: ['live'],
            export: 'handler',
            timeoutSeconds,
            invokableByCaller: true,
            onFailure: APOLOGIZE_FUNCTION,
          },
          { ...fn, name: APOLOGIZE_FUNCTION, aliases: [], export: 'apologize', timeoutSeconds: 30, invokableByCaller: false },
        ],
      }),
    )
    const edge = await started(
      startEdge({
        port: options.edgePort ?? 0,
        signingSecret: identity.signingSecret,
        caller: CALLER,
        lambdaEndpoint: lambda.origin,
      }),
    )
    slack.connect({ events: `${edge.origin}/slack/events` })

    return {
      calls,
      slack,
      lambda,
      bedrock,
      dynamo,
      secrets,
      edge,
      credentials: {
        ...slackSecret(),
        signingSecret: identity.signingSecret,
        botUserId: identity.botUserId,
        ...CALLER,
        region: REGION,
        function: `${ANSWER_FUNCTION}:live`,
      },
      async settled() {
        await slack.settled()
        await lambda.idle()
      },
      async close() {
        await closeAll(closers)
        if (calls.violations.length > 0) throw new Error(`The product did what it never may:\n${calls.violations.join('\n')}`)
      },
    }
  } catch (error) {
    await closeAll(closers)
    throw error
  }
}

/** As Promise.all, but nothing is still starting when it rejects, so that all that was started can be stopped. */
async function allStarted<T extends readonly Promise<unknown>[]>(starting: readonly [...T]): Promise<{ [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(starting)
  return (await Promise.all(starting)) as { [K in keyof T]: Awaited<T[K]> }
}

async function closeAll(closers: (() => Promise<void>)[]): Promise<void> {
  await Promise.all(
    closers
      .splice(0)
      .toReversed()
      .map((close) => close()),
  )
}

function slackSecret(): { botToken: string; teamId: string; appId: string } {
  const { botToken, teamId, appId } = identity
  return { botToken, teamId, appId }
}

/** Ten letters and digits, as Bedrock's are. */
function baseId(index: number): string {
  return `KB${String(index + 1).padStart(8, '0')}`
}
