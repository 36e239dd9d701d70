import { globSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readConfig } from '../../../backend/config.ts'
import { readSections } from '../../../infra/settings/sections.ts'
import * as playground from '../../../playground/account.ts'
import { fakeSections } from '../fake-sections.ts'
import { functionNamed, home, ofType, only, statementsOf, text } from '../synthesized.ts'

const template = home()
const answer = functionNamed(template, playground.ANSWER_FUNCTION)
const apologize = functionNamed(template, playground.APOLOGIZE_FUNCTION)

describe('if Lambda could not answer a question', () => {
  const asynchronous = only(template, 'AWS::Lambda::EventInvokeConfig').Properties

  test('the settings are set on the alias that the edge invokes', () => {
    const [aliasId, alias] = ofType(template, 'AWS::Lambda::Alias')[0] ?? []
    expect(alias?.Properties.Name).toBe(playground.ALIAS)
    // The last part of the alias's ARN: arn:aws:lambda:region:account:function:name:alias.
    expect(asynchronous.Qualifier).toEqual({ 'Fn::Select': [7, { 'Fn::Split': [':', { Ref: aliasId }] }] })
    expect(template.Resources[asynchronous.FunctionName.Ref]).toBe(answer)
  })

  test('Lambda tries once and waits an hour at most', () => {
    expect(asynchronous).toMatchObject({ MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 3600 })
  })

  test('the failure queue passes it to vera-apologize, one record at a time', () => {
    const queueId = asynchronous.DestinationConfig.OnFailure.Destination['Fn::GetAtt'][0]
    const mapping = only(template, 'AWS::Lambda::EventSourceMapping').Properties
    expect(mapping).toMatchObject({
      BatchSize: 1,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 2 },
    })
    expect(mapping.EventSourceArn['Fn::GetAtt'][0]).toBe(queueId)
    expect(template.Resources[mapping.FunctionName.Ref]).toBe(apologize)

    const queue = template.Resources[queueId]?.Properties
    expect(queue.VisibilityTimeout).toBeGreaterThanOrEqual(6 * apologize.Properties.Timeout)
    // Attempts go on for the hour that the question itself could have waited.
    expect(queue.RedrivePolicy.maxReceiveCount * queue.VisibilityTimeout).toBeGreaterThanOrEqual(
      asynchronous.MaximumEventAgeInSeconds,
    )
    const [deadLetters] = queue.RedrivePolicy.deadLetterTargetArn['Fn::GetAtt']
    expect(template.Resources[deadLetters]?.Properties.MessageRetentionPeriod).toBeGreaterThan(
      queue.MessageRetentionPeriod,
    )
  })

  test('vera-answer may write to the failure queue, and one key encrypts both queues', () => {
    const queueArn = text(asynchronous.DestinationConfig.OnFailure.Destination)
    const keys = new Set(
      ofType(template, 'AWS::SQS::Queue').map(([, { Properties }]) => text(Properties.KmsMasterKeyId)),
    )
    expect(keys.size).toBe(1)
    const allowed = statementsOf(template, playground.ANSWER_FUNCTION).map(({ actions, resources }) => ({
      actions,
      resources,
    }))
    expect(allowed).toContainEqual({ actions: ['sqs:SendMessage'], resources: [queueArn] })
    expect(allowed).toContainEqual({ actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [...keys] })
  })
})

describe('the functions', () => {
  test('get exactly the variables that backend/config.ts reads', () => {
    const deployed = answer.Properties.Environment.Variables
    const read = new Set<string>()
    const given: Record<string, string> = { AWS_REGION: 'us-east-1' }
    for (const [name, value] of Object.entries(deployed)) given[name] = text(value)
    const get = (env: Record<string, string>, name: string): string | undefined => {
      read.add(name)
      return env[name]
    }
    readConfig(new Proxy(given, { get }))
    // Lambda sets the region itself. The address of the API is only set outside AWS.
    for (const name of ['AWS_REGION', 'SLACK_API_URL']) expect(read.delete(name)).toBe(true)
    expect(Object.keys(deployed).sort()).toEqual([...read].sort())
    expect(apologize.Properties.Environment.Variables).toEqual(deployed)
  })

  test('have the timeouts, memory, runtime and code of the playground', () => {
    expect(answer.Properties).toMatchObject({
      Timeout: playground.LAMBDA_TIMEOUT_SECONDS,
      MemorySize: playground.LAMBDA_MEMORY_MB,
    })
    expect(apologize.Properties).toMatchObject({
      Timeout: playground.APOLOGIZE_TIMEOUT_SECONDS,
      MemorySize: playground.LAMBDA_MEMORY_MB,
    })
    for (const fn of [answer, apologize])
      expect(fn.Properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'] })
    expect(apologize.Properties.Code).toEqual(answer.Properties.Code)
  })

  test('have the name and the region that wrangler.toml gives to the Worker', () => {
    const wrangler = readFileSync('wrangler.toml', 'utf8')
    expect(wrangler).toContain(`LAMBDA_FUNCTION = "${template.Outputs.AnswerFunction?.Value}"`)
    expect(template.Outputs.AnswerFunction?.Value).toBe(`${playground.ANSWER_FUNCTION}:${playground.ALIAS}`)
    const [, region] = /^AWS_REGION = "(.+)"$/m.exec(wrangler) ?? []
    expect(readSections().deployment.region).toBe(region)
  })

  test('may use exactly the DynamoDB commands that the backend calls', () => {
    const source = globSync('backend/dynamo/*.ts')
      .map((path) => readFileSync(path, 'utf8'))
      .join()
    const commands = new Set(
      [...source.matchAll(/new (\w+)Command\(/g)].map(([, command]) => `dynamodb:${command}`),
    )
    expect(commands.size).toBeGreaterThan(0)
    for (const name of [playground.ANSWER_FUNCTION, playground.APOLOGIZE_FUNCTION]) {
      const allowed = statementsOf(template, name)
        .flatMap(({ actions }) => actions)
        .filter((action) => action.startsWith('dynamodb:'))
      expect(allowed.sort()).toEqual([...commands].sort())
    }
  })

  test('write to their own log groups, which expire after the days of the configuration', () => {
    const groups = ofType(template, 'AWS::Logs::LogGroup').map(([, { Properties }]) => [
      Properties.LogGroupName,
      Properties.RetentionInDays,
    ])
    expect(groups.sort()).toEqual([
      ['/aws/lambda/vera-answer', fakeSections.deployment.logRetentionDays],
      ['/aws/lambda/vera-apologize', fakeSections.deployment.logRetentionDays],
    ])
  })

  test('keep old versions for a rollback', () => {
    expect(only(template, 'AWS::Lambda::Version').DeletionPolicy).toBe('RetainExceptOnCreate')
  })
})

test('vera-answer reserves concurrency, unless the context value reserveConcurrency is false', () => {
  expect(answer.Properties.ReservedConcurrentExecutions).toBe(20)
  const small = functionNamed(home({}, { reserveConcurrency: 'false' }), playground.ANSWER_FUNCTION)
  expect(small.Properties).not.toHaveProperty('ReservedConcurrentExecutions')
})

test('the turns table has the key and the TTL attribute that the backend writes', () => {
  const table = only(template, 'AWS::DynamoDB::GlobalTable').Properties
  expect(table.KeySchema).toEqual([{ AttributeName: 'pk', KeyType: 'HASH' }])
  expect(table.AttributeDefinitions).toEqual([{ AttributeName: 'pk', AttributeType: 'S' }])
  expect(table.TimeToLiveSpecification).toEqual({ AttributeName: 'expiresAt', Enabled: true })
  expect(table.BillingMode).toBe('PAY_PER_REQUEST')
})
