import { describe, expect, test } from 'vitest'
import { fakeSections } from '../fake-sections.ts'
import { home, ofType, only, onlyId, text } from '../synthesized.ts'

const { deployment } = fakeSections
const template = home({ deployment: { ...deployment, tags: { team: 'fake-team' } } })
const alarms = ofType(template, 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => Properties)

/** A logical id consists of the construct's id, our id, and eight digits of a hash. */
function nameOf(logicalId: string): string {
  return logicalId.replace(/^Alarms/, '').replace(/[0-9A-F]{8}$/, '')
}

/** The names of the metrics that an alarm reads, directly or in an expression. */
function metricsOf({ MetricName, Metrics }: (typeof alarms)[number]): string[] {
  if (MetricName) return [MetricName]
  return Metrics.flatMap(
    ({ MetricStat }: Record<string, { Metric: { MetricName: string } }>) =>
      MetricStat?.Metric.MetricName ?? [],
  )
}

describe('alarms', () => {
  test('all publish to the topic', () => {
    expect(alarms.map(({ AlarmActions }) => AlarmActions)).toEqual(
      alarms.map(() => [{ Ref: onlyId(template, 'AWS::SNS::Topic') }]),
    )
  })

  test('do not ring if there is no data', () => {
    const treatments = alarms.map(({ TreatMissingData }) => TreatMissingData)
    expect(new Set(treatments)).toEqual(new Set(['notBreaching']))
  })

  test('cover every metric that means trouble', () => {
    const watched = Object.fromEntries(
      ofType(template, 'AWS::CloudWatch::Alarm').map(([logicalId, { Properties }]) => [
        nameOf(logicalId),
        metricsOf(Properties),
      ]),
    )
    expect(watched).toEqual({
      Unanswered: ['Failed', 'Apologies'],
      DeadLetters: ['ApproximateNumberOfMessagesVisible'],
      LostFailures: ['DestinationDeliveryFailures'],
      Errors: ['Errors', 'Errors'],
      Throttles: ['Throttles'],
      SlowFirstToken: ['FirstTokenMs'],
      DailyCost: ['CostUsd'],
    })
  })

  test('ring at their threshold, after so many periods in a row', () => {
    const rules = ofType(template, 'AWS::CloudWatch::Alarm').map(([logicalId, { Properties }]) => [
      nameOf(logicalId),
      [Properties.Threshold, Properties.EvaluationPeriods, Properties.ComparisonOperator],
    ])
    const reached = 'GreaterThanOrEqualToThreshold'
    expect(Object.fromEntries(rules)).toEqual({
      Unanswered: [3, 1, reached],
      DeadLetters: [1, 1, reached],
      LostFailures: [1, 1, reached],
      Errors: [1, 1, reached],
      Throttles: [1, 3, reached],
      SlowFirstToken: [10_000, 2, reached],
      DailyCost: [deployment.dailyBudgetUsd, 1, reached],
    })
  })

  test('include the daily cost, with the budget of the configuration', () => {
    const cost = alarms.find(({ MetricName }) => MetricName === 'CostUsd')
    expect(cost).toMatchObject({
      Threshold: deployment.dailyBudgetUsd,
      Period: 24 * 3600,
      Statistic: 'Sum',
      Namespace: 'Vera',
    })
    expect(cost.Dimensions).toEqual([{ Name: 'service', Value: 'vera' }])
  })

  test('reach the topic, whose own policy lets CloudWatch publish', () => {
    const { Statement } = only(template, 'AWS::SNS::TopicPolicy').Properties.PolicyDocument
    const allowed = Statement.filter(({ Effect }: { Effect: string }) => Effect === 'Allow')
    expect(allowed).toEqual([
      {
        Sid: expect.any(String),
        Effect: 'Allow',
        Action: 'sns:Publish',
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Resource: { Ref: onlyId(template, 'AWS::SNS::Topic') },
        Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
      },
    ])
  })

  test('are mailed to the address of the configuration, if there is one', () => {
    expect(ofType(template, 'AWS::SNS::Subscription')).toEqual([])
    const mailed = home({ deployment: { ...deployment, alarmEmail: 'it@fake.example' } })
    expect(only(mailed, 'AWS::SNS::Subscription').Properties).toMatchObject({
      Protocol: 'email',
      Endpoint: 'it@fake.example',
    })
  })
})

const board = text(only(template, 'AWS::CloudWatch::Dashboard').Properties.DashboardBody)

test('the dashboard opens with one week, and its shares are those of the whole week', () => {
  const { start, widgets } = JSON.parse(board)
  expect(start).toBe('-P7D')
  const shares = widgets.filter(
    ({ properties }: { properties: { view?: string } }) => properties.view === 'singleValue',
  )
  expect(shares).toHaveLength(2)
  for (const { properties } of shares) expect(properties.setPeriodToTimeRange).toBe(true)
})

test('the dashboard has four questions and every alarm', () => {
  for (const question of ['Is it working?', 'How fast?', 'What does it cost?', 'Do people like it?'])
    expect(board).toContain(question)
  const shown = [...board.matchAll(/\$\{(Alarms\w+)\.Arn\}/g)].map(([, logicalId]) => logicalId)
  const all = ofType(template, 'AWS::CloudWatch::Alarm').map(([logicalId]) => logicalId)
  expect(shown.sort()).toEqual(all.sort())
})

describe('the resources of the stack', () => {
  /** CloudFormation accepts no tags for these types. */
  const UNTAGGED = new Set([
    'AWS::Bedrock::DataSource', 'AWS::Bedrock::GuardrailVersion', 'AWS::CDK::Metadata', 'AWS::CloudWatch::Dashboard', 'AWS::IAM::AccessKey',
    'AWS::IAM::Policy', 'AWS::Lambda::Alias', 'AWS::Lambda::EventInvokeConfig', 'AWS::Lambda::Version', 'AWS::SNS::TopicPolicy',
    'AWS::SQS::QueuePolicy', 'AWS::Scheduler::Schedule',
  ]) // biome-ignore format: a list

  test('have the tags of the configuration and our own, if CloudFormation supports tags for them', () => {
    const tags = (properties: unknown) =>
      JSON.stringify(properties).match(/"application"[^}]*"vera".*"team"[^}]*"fake-team"/)
    const without = Object.entries(template.Resources).filter(
      ([, { Type, Properties }]) => !UNTAGGED.has(Type) && !tags(Properties ?? {}),
    )
    expect(without.map(([logicalId, { Type }]) => `${Type} ${logicalId}`)).toEqual([])
  })

  test('are deleted with the stack, except the turns table and versions', () => {
    const kept = Object.values(template.Resources).filter(({ DeletionPolicy }) =>
      DeletionPolicy?.startsWith('Retain'),
    )
    // If CloudFormation rolls back a first deployment, it still deletes them.
    expect(new Set(kept.map(({ DeletionPolicy }) => DeletionPolicy))).toEqual(
      new Set(['RetainExceptOnCreate']),
    )
    expect(kept.map(({ Type }) => Type).sort()).toEqual([
      'AWS::Bedrock::GuardrailVersion',
      'AWS::DynamoDB::GlobalTable',
      'AWS::Lambda::Version',
    ])
    // A later stack could not use a fixed name while this table remains.
    expect(only(template, 'AWS::DynamoDB::GlobalTable').Properties).not.toHaveProperty('TableName')
  })
})
