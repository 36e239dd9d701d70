import {
  ALIAS,
  ANSWER_FUNCTION,
  APOLOGY_RECEIVES,
  AWS_ACCOUNT,
  CALLER,
  GUARDRAIL,
  knowledgeBaseId,
  MODEL_ID,
  RERANK_MODEL,
  ROLE,
  SLACK_SECRET,
  SLACK_SECRET_ARN,
  TURNS_TABLE,
} from './account.ts'
import { type BedrockOptions, startBedrock } from './bedrock/bedrock.ts'
import type { GuardrailPolicy } from './bedrock/guardrail.ts'
import type { KnowledgeBase } from './bedrock/knowledge-base.ts'
import { extractive } from './bedrock/models/extractive.ts'
import type { Model } from './bedrock/models/model.ts'
import { rerank } from './bedrock/rerank.ts'
import { type Calls, createCalls, type Faults } from './calls.ts'
import { type Dynamo, startDynamo } from './dynamo.ts'
import { type Edge, startEdge } from './edge.ts'
import { deployedFunctions } from './functions.ts'
import { type Lambda, type LambdaOptions, startLambda } from './lambda/lambda.ts'
import { type Secrets, startSecrets } from './secrets.ts'
import { identity } from './slack/identity.ts'
import type { SlackLimits } from './slack/limits.ts'
import { type Slack, type SlackOptions, startSlack } from './slack/slack.ts'

/** Both tiers and all simulators, on loopback. */
export interface Stack {
  calls: Calls
  slack: Slack
  lambda: Lambda
  bedrock: { origin: string }
  dynamo: Dynamo
  secrets: Secrets
  edge: Edge
  /** Everything that is needed to call the simulators by hand. All of it is fake. */
  credentials: Record<string, string>
  /**
   * Resolves when nothing is running or waiting: no event to send again, no invocation, no failure record.
   */
  settled(): Promise<void>
  /** Stops everything. Throws if Vera made calls that it must never make (`calls.violations`). */
  close(): Promise<void>
}

export interface StackOptions {
  /** Knowledge bases by the names that people read. May be empty. */
  knowledge: ReadonlyMap<string, KnowledgeBase>
  model?: Model
  guardrail?: GuardrailPolicy
  edgePort?: number
  slackLimits?: Partial<SlackLimits>
  /** How the app is installed in Slack. By default it has all scopes and receives all events. */
  slackApp?: Pick<SlackOptions, 'scopes' | 'botEvents'>
  pace?: BedrockOptions['pace']
  faults?: Faults
  streamFaults?: BedrockOptions['streamFaults']
  lambdaTimeoutSeconds?: number
  /** How many times Lambda delivers an event that it accepted. Lambda promises at least once. */
  deliveries?: LambdaOptions['deliveries']
  /** How many turns may run at the same time, and how long an event may wait for a free place. */
  concurrency?: number
  maximumEventAgeSeconds?: number
  /** A bundle to run instead of the one in `dist`. */
  bundle?: string
  /** How long the on-failure queue waits before it delivers a record again. */
  redeliverAfterMs?: number
}

/** Starts both tiers and all simulators. Uses the bundles in `dist` as they are. */
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
      started(
        startSlack({
          ...shared,
          ...options.slackApp,
          ...(options.slackLimits && { limits: options.slackLimits }),
        }),
      ),
      started(
        startBedrock({
          ...shared,
          region: AWS_ACCOUNT.region,
          credentials: ROLE,
          models: { [MODEL_ID]: model },
          knowledgeBases: new Map(
            [...knowledge.values()].map((base, index) => [knowledgeBaseId(index), base]),
          ),
          rerank,
          rerankModelArns: [RERANK_MODEL],
          guardrails: guardrail ? { [`${GUARDRAIL.id}:${GUARDRAIL.version}`]: guardrail } : {},
          ...(options.pace && { pace: options.pace }),
          ...(options.streamFaults && { streamFaults: options.streamFaults }),
        }),
      ),
      started(startDynamo({ ...shared, tables: [{ name: TURNS_TABLE, partitionKey: 'pk' }] })),
      started(
        startSecrets({
          calls,
          region: AWS_ACCOUNT.region,
          credentials: ROLE,
          secrets: { [SLACK_SECRET_ARN]: JSON.stringify(SLACK_SECRET) },
        }),
      ),
    ])
    const functions = deployedFunctions(
      {
        slackApiUrl: slack.apiUrl,
        bedrock: bedrock.origin,
        dynamo: dynamo.endpoint,
        secrets: secrets.endpoint,
      },
      {
        knowledge: [...knowledge.keys()],
        guarded: guardrail !== undefined,
        timeoutSeconds: options.lambdaTimeoutSeconds,
        concurrency: options.concurrency,
        bundle: options.bundle,
      },
    )
    const lambda = await started(
      startLambda({
        ...shared,
        ...AWS_ACCOUNT,
        caller: CALLER,
        role: ROLE,
        failureQueue: {
          maxReceiveCount: APOLOGY_RECEIVES,
          ...(options.redeliverAfterMs !== undefined && { visibilityTimeoutMs: options.redeliverAfterMs }),
        },
        functions,
        ...(options.deliveries && { deliveries: options.deliveries }),
        ...(options.maximumEventAgeSeconds !== undefined && {
          maximumEventAgeSeconds: options.maximumEventAgeSeconds,
        }),
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
    slack.connect({
      events: `${edge.origin}/slack/events`,
      interactivity: `${edge.origin}/slack/interactivity`,
      commands: `${edge.origin}/slack/commands`,
    })

    return {
      calls,
      slack,
      lambda,
      bedrock,
      dynamo,
      secrets,
      edge,
      credentials: {
        ...SLACK_SECRET,
        signingSecret: identity.signingSecret,
        botUserId: identity.botUserId,
        ...CALLER,
        region: AWS_ACCOUNT.region,
        function: `${ANSWER_FUNCTION}:${ALIAS}`,
      },
      async settled() {
        await slack.settled()
        await lambda.idle()
      },
      async close() {
        await closeAll(closers)
        if (calls.violations.length > 0)
          throw new Error(`Vera made calls that it must never make:\n${calls.violations.join('\n')}`)
      },
    }
  } catch (error) {
    await closeAll(closers)
    throw error
  }
}

/**
 * Like Promise.all, but waits for all of them even if one rejects, so that whatever did start can be stopped.
 */
async function allStarted<T extends readonly Promise<unknown>[]>(
  starting: readonly [...T],
): Promise<{ [K in keyof T]: Awaited<T[K]> }> {
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
