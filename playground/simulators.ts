import {
  AWS_ACCOUNT,
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
import type { Calls, Faults } from './calls.ts'
import { type Dynamo, startDynamo } from './dynamo.ts'
import { type Secrets, startSecrets } from './secrets.ts'
import type { SlackLimits } from './slack/limits.ts'
import { type Slack, type SlackOptions, startSlack } from './slack/slack.ts'
import { allStarted, type Startup } from './startup.ts'

/** The services that the functions call. */
export interface Simulators {
  slack: Slack
  bedrock: { origin: string }
  dynamo: Dynamo
  secrets: Secrets
}

export interface SimulatorOptions {
  /** Knowledge bases by the names that people read. May be empty. */
  knowledge: ReadonlyMap<string, KnowledgeBase>
  model?: Model
  guardrail?: GuardrailPolicy
  slackLimits?: Partial<SlackLimits>
  /** How the app is installed in Slack. By default it has all scopes and receives all events. */
  slackApp?: Pick<SlackOptions, 'scopes' | 'botEvents'>
  pace?: BedrockOptions['pace']
  faults?: Faults
  streamFaults?: BedrockOptions['streamFaults']
}

/** Starts the services that the functions call, with the account's ids and keys. */
export function startSimulators(
  options: SimulatorOptions,
  calls: Calls,
  { started }: Startup,
): Promise<Simulators> {
  const {
    knowledge,
    model = extractive,
    guardrail,
    faults,
    slackLimits,
    slackApp,
    pace,
    streamFaults,
  } = options
  const shared = { calls, ...(faults && { faults }) }
  const slack = startSlack({ ...shared, ...slackApp, ...(slackLimits && { limits: slackLimits }) })
  const bedrock = startBedrock({
    ...shared,
    region: AWS_ACCOUNT.region,
    credentials: ROLE,
    models: { [MODEL_ID]: model },
    knowledgeBases: new Map([...knowledge.values()].map((base, index) => [knowledgeBaseId(index), base])),
    rerank,
    rerankModelArns: [RERANK_MODEL],
    guardrails: guardrail ? { [`${GUARDRAIL.id}:${GUARDRAIL.version}`]: guardrail } : {},
    ...(pace && { pace }),
    ...(streamFaults && { streamFaults }),
  })
  const dynamo = startDynamo({ ...shared, tables: [{ name: TURNS_TABLE, partitionKey: 'pk' }] })
  const secrets = startSecrets({
    ...shared,
    region: AWS_ACCOUNT.region,
    credentials: ROLE,
    secrets: { [SLACK_SECRET_ARN]: JSON.stringify(SLACK_SECRET) },
  })
  return allStarted([started(slack), started(bedrock), started(dynamo), started(secrets)]).then(
    ([slack, bedrock, dynamo, secrets]) => ({ slack, bedrock, dynamo, secrets }),
  )
}
