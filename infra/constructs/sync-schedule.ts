import { Duration, TimeZone } from 'aws-cdk-lib'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { Schedule, ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler'
import { Universal } from 'aws-cdk-lib/aws-scheduler-targets'
import type { Construct } from 'constructs'
import type { Sections } from '../settings/sections.ts'

/** Tries where Bedrock is busy or still reads. The scheduler's own would be 185 in a day, into the next reading. */
const RETRIES = 3
const GIVE_UP_AFTER = Duration.hours(1)

/** Lets a knowledge base read its source again and again. The scheduler calls Bedrock itself; there is no function in between. */
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
      // As the SDK calls the client. "bedrock-agent" would be deployed as well, and fail at its hour.
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
