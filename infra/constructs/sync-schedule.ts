import { Duration, TimeZone } from 'aws-cdk-lib'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { Schedule, ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler'
import { Universal } from 'aws-cdk-lib/aws-scheduler-targets'
import type { Construct } from 'constructs'
import type { Sections } from '../settings/sections.ts'

/**
 * Attempts if Bedrock is busy, or still ingests. The scheduler's default is 185 in a day, which would run
 * into the next ingestion.
 */
const RETRIES = 3
const GIVE_UP_AFTER = Duration.hours(1)

/**
 * Ingests the source of a knowledge base on a schedule. EventBridge Scheduler calls Bedrock itself, without a
 * function.
 */
export function scheduleSync(
  scope: Construct,
  id: string,
  {
    sync,
    knowledgeBaseArn,
    knowledgeBaseId,
    dataSourceId,
    ingestionDescription,
  }: {
    sync: Sections['knowledge']['sync']
    knowledgeBaseArn: string
    knowledgeBaseId: string
    dataSourceId: string
    ingestionDescription: string
  },
): void {
  new Schedule(scope, id, {
    description: 'Ingests the source of a knowledge base again',
    schedule: ScheduleExpression.expression(sync.schedule, TimeZone.of(sync.timezone)),
    target: new Universal({
      // The name of the SDK's client. With "bedrock-agent" the deployment would succeed, and every run would
      // fail.
      service: 'bedrockagent',
      action: 'startIngestionJob',
      input: ScheduleTargetInput.fromObject({
        KnowledgeBaseId: knowledgeBaseId,
        DataSourceId: dataSourceId,
        Description: ingestionDescription,
      }),
      policyStatements: [
        new PolicyStatement({ actions: ['bedrock:StartIngestionJob'], resources: [knowledgeBaseArn] }),
      ],
      retryAttempts: RETRIES,
      maxEventAge: GIVE_UP_AFTER,
    }),
  })
}
