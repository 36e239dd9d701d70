import { type App, CfnOutput } from 'aws-cdk-lib'
import { createAlarmTopic } from './constructs/alarm-topic.ts'
import { Alarms } from './constructs/alarms.ts'
import { Answerer } from './constructs/answerer.ts'
import { Apologizer } from './constructs/apologizer.ts'
import { Dashboard } from './constructs/dashboard.ts'
import { EdgeCaller } from './constructs/edge-caller.ts'
import { Guardrail } from './constructs/guardrail.ts'
import { Knowledge } from './constructs/knowledge.ts'
import { foundationModelArn, grantConverse, grantRerank } from './constructs/model-access.ts'
import { createRegionStacks } from './constructs/region-stacks.ts'
import { SlackSecret } from './constructs/slack-secret.ts'
import { TurnsTable } from './constructs/turns-table.ts'
import { placementOf, rerankModelOf } from './settings/placement.ts'
import type { Sections } from './settings/sections.ts'

/**
 * A context value of the CDK. `-c reserveConcurrency=false` is for a new account, whose limit is 10 and which
 * cannot reserve any.
 */
const RESERVE_CONCURRENCY = 'reserveConcurrency'

/**
 * Everything in AWS: one stack if everything is in one region. A guardrail or knowledge bases in another
 * region get a stack there, which is deployed first. CloudFormation passes their ids on (Fn::GetStackOutput).
 */
export function createStacks(app: App, { deployment, model, knowledge, guardrail }: Sections): void {
  const placement = placementOf({ deployment, model, knowledge, guardrail })
  const stackIn = createRegionStacks(app, placement.home, deployment.tags)
  const home = stackIn(placement.home)
  // An existing guardrail needs no stack in its region.
  const policy = new Guardrail(guardrail.source === 'policy' ? stackIn(placement.model) : home, 'Guardrail', {
    guardrail,
    region: placement.model,
  })
  const createsBase = knowledge.bases.some(({ source }) => source !== 'existing')
  const knowledgeStack = createsBase ? stackIn(placement.knowledge) : home
  const bases = new Knowledge(knowledgeStack, 'Knowledge', { knowledge, region: placement.knowledge })

  const turns = new TurnsTable(home, 'Turns')
  const slackSecret = new SlackSecret(home, 'Slack')
  const rerankModel = rerankModelOf(knowledge)
  const rerankModelArn = rerankModel && foundationModelArn(home, rerankModel, placement.knowledge)
  const variables = {
    TURNS_TABLE: turns.tableName,
    SLACK_SECRET_ARN: slackSecret.secretArn,
    MODEL_ID: model.id,
    MODEL_REGION: placement.model,
    KNOWLEDGE_REGION: placement.knowledge,
    GUARDRAIL_ID: policy.guardrailId,
    GUARDRAIL_VERSION: policy.version,
    ...(bases.variable !== '' && { KNOWLEDGE_BASES: bases.variable }),
    ...(rerankModelArn && { RERANK_MODEL_ARN: rerankModelArn }),
  }
  const backend = { variables, turns, slackSecret, logRetentionDays: deployment.logRetentionDays }
  const apologizer = new Apologizer(home, 'Apologizer', backend)
  const answerer = new Answerer(home, 'Answerer', {
    ...backend,
    failures: apologizer.failures,
    versionInputs: [policy.fingerprint, bases.fingerprint],
    reservedConcurrency: isOff(app, RESERVE_CONCURRENCY) ? undefined : deployment.reservedConcurrency,
  })
  grantConverse(answerer, { modelId: model.id, region: placement.model })
  policy.grantApply(answerer)
  bases.grantRetrieve(answerer)
  if (rerankModelArn) grantRerank(answerer, rerankModelArn)

  const caller = new EdgeCaller(home, 'EdgeCaller', { answerer })
  const topic = createAlarmTopic(home, 'AlarmTopic', deployment.alarmEmail)
  const monitored = {
    answer: answerer.fn,
    deadLetters: apologizer.failures.deadLetters,
    dailyBudgetUsd: deployment.dailyBudgetUsd,
  }
  const alarms = new Alarms(home, 'Alarms', { ...monitored, apologize: apologizer.fn, topic })
  const dashboard = new Dashboard(home, 'Dashboard', { ...monitored, alarms: alarms.all })

  // The next steps of a deployment read these outputs. Never add the value of a secret.
  const outputs: Record<string, [value: string, description: string]> = {
    AnswerFunction: [answerer.address, 'LAMBDA_FUNCTION in wrangler.toml'],
    AnswerVersion: [answerer.version, 'The version that the alias must point to'],
    EdgeKeySecretArn: [
      caller.secretArn,
      "The secret with the Worker's AWS key: JSON with accessKeyId and secretAccessKey",
    ],
    EdgeCallerUserName: [caller.userName, 'The user that owns this key'],
    SlackSecretArn: [
      slackSecret.secretArn,
      'The secret with JSON: botToken, teamId, appId. npm run deploy fills it',
    ],
    TurnsTableName: [turns.tableName, 'The turns table. It remains when the stack is deleted'],
    DeadLetterQueueUrl: [
      apologizer.failures.deadLetters.queueUrl,
      'The dead-letter queue: failed questions whose authors could not be told',
    ],
    AlarmTopicArn: [topic.topicArn, 'The topic of the alarms'],
    DashboardUrl: [
      dashboard.url,
      'Shows whether it works, how fast, at what cost, and whether people like it',
    ],
  }
  for (const [id, [value, description]] of Object.entries(outputs))
    new CfnOutput(home, id, { value, description })
  new CfnOutput(knowledgeStack, 'KnowledgeBases', {
    value: knowledgeStack.toJsonString(bases.deployed),
    description:
      'JSON: the bases of this stack, each with name, knowledgeBaseId, dataSourceId, ingestionDescription and, if the source needs a user and a token, credentialsArn',
  })
}

/** From the command line, the value comes as text. */
function isOff(app: App, setting: string): boolean {
  return ['false', false].includes(app.node.tryGetContext(setting))
}
