import {
  ALIAS,
  ANSWER_FUNCTION,
  APOLOGY_RECEIVES,
  AWS_ACCOUNT,
  CALLER,
  ROLE,
  SLACK_SECRET,
} from './account.ts'
import { type Calls, createCalls } from './calls.ts'
import { type Edge, startEdge } from './edge.ts'
import { deployedFunctions } from './functions.ts'
import { type Lambda, type LambdaOptions, startLambda } from './lambda/lambda.ts'
import { type SimulatorOptions, type Simulators, startSimulators } from './simulators.ts'
import { identity } from './slack/identity.ts'
import { createStartup } from './startup.ts'

/** Both tiers and all simulators, on loopback. */
export interface Stack extends Simulators {
  calls: Calls
  lambda: Lambda
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

export interface StackOptions extends SimulatorOptions {
  edgePort?: number
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
  const calls = createCalls()
  const startup = createStartup()
  try {
    const simulators = await startSimulators(options, calls, startup)
    const lambda = await startup.started(startLambda(lambdaOptions(options, calls, simulators)))
    const edge = await startup.started(
      startEdge({
        port: options.edgePort ?? 0,
        signingSecret: identity.signingSecret,
        caller: CALLER,
        lambdaEndpoint: lambda.origin,
      }),
    )
    const { slack } = simulators
    slack.connect({
      events: `${edge.origin}/slack/events`,
      interactivity: `${edge.origin}/slack/interactivity`,
      commands: `${edge.origin}/slack/commands`,
    })

    return {
      ...simulators,
      calls,
      lambda,
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
        await startup.close()
        if (calls.violations.length > 0)
          throw new Error(`Vera made calls that it must never make:\n${calls.violations.join('\n')}`)
      },
    }
  } catch (error) {
    await startup.close()
    throw error
  }
}

function lambdaOptions(
  options: StackOptions,
  calls: Calls,
  { slack, bedrock, dynamo, secrets }: Simulators,
): LambdaOptions {
  const { faults, deliveries, maximumEventAgeSeconds, redeliverAfterMs } = options
  const endpoints = {
    slackApiUrl: slack.apiUrl,
    bedrock: bedrock.origin,
    dynamo: dynamo.endpoint,
    secrets: secrets.endpoint,
  }
  return {
    calls,
    ...(faults && { faults }),
    ...AWS_ACCOUNT,
    caller: CALLER,
    role: ROLE,
    failureQueue: {
      maxReceiveCount: APOLOGY_RECEIVES,
      ...(redeliverAfterMs !== undefined && { visibilityTimeoutMs: redeliverAfterMs }),
    },
    functions: deployedFunctions(endpoints, {
      knowledge: [...options.knowledge.keys()],
      guarded: options.guardrail !== undefined,
      timeoutSeconds: options.lambdaTimeoutSeconds,
      concurrency: options.concurrency,
      bundle: options.bundle,
    }),
    ...(deliveries && { deliveries }),
    ...(maximumEventAgeSeconds !== undefined && { maximumEventAgeSeconds }),
  }
}
