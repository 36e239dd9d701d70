import { describe, expect, test } from 'vitest'
import { ANSWER_FUNCTION } from '../../../playground/account.ts'
import { fakeSections } from '../fake-sections.ts'
import { FAKE_ACCOUNT, functionNamed, home, identityStatements, ofType, only, text } from '../synthesized.ts'

const { knowledge } = fakeSections
const template = home()
const documents = { name: 'handbook', source: 's3', bucket: 'fake-documents', prefix: 'handbook/' } as const
const existing = { name: 'old', source: 'existing', id: 'KB00000001' } as const

const outputs = JSON.parse(text(template.Outputs.KnowledgeBases?.Value))
const basesOf = (one: typeof template) =>
  functionNamed(one, ANSWER_FUNCTION).Properties.Environment.Variables.KNOWLEDGE_BASES
const nameOf = (one: typeof template, type: string) => only(one, type).Properties.Name
const vectorRights = (one: typeof template) =>
  identityStatements(one)
    .filter(({ actions }) => actions.includes('s3vectors:DeleteVectors'))
    .map(({ of, resources }) => [of, resources])
const published = (one: typeof template) =>
  ofType(one, 'AWS::Lambda::Version').map(([logicalId]) => logicalId)

describe('a new knowledge base', () => {
  test('has passages as non-filterable metadata, and an index with the length of its vectors', () => {
    const { MetadataConfiguration, Dimension } = only(template, 'AWS::S3Vectors::Index').Properties
    expect(MetadataConfiguration.NonFilterableMetadataKeys).toEqual([
      'AMAZON_BEDROCK_TEXT',
      'AMAZON_BEDROCK_METADATA',
    ])
    const { VectorKnowledgeBaseConfiguration } = only(template, 'AWS::Bedrock::KnowledgeBase').Properties
      .KnowledgeBaseConfiguration
    expect(
      VectorKnowledgeBaseConfiguration.EmbeddingModelConfiguration.BedrockEmbeddingModelConfiguration
        .Dimensions,
    ).toBe(Dimension)
  })

  test('is replaced under another name if the vector length changes, and a new version of vera-answer gets its id', () => {
    const other = home({
      knowledge: { ...knowledge, embedding: { ...knowledge.embedding, dimensions: 512 } },
    })
    expect(nameOf(other, 'AWS::Bedrock::KnowledgeBase')).not.toBe(
      nameOf(template, 'AWS::Bedrock::KnowledgeBase'),
    )
    expect(published(other)).not.toEqual(published(template))
    expect(only(other, 'AWS::S3Vectors::Index').Properties).not.toHaveProperty('IndexName')
    // The old base is deleted after the change and empties its own index, so the role must still have the
    // same rights.
    expect(vectorRights(other)).toEqual(vectorRights(template))
    const [bucket] = ofType(template, 'AWS::S3Vectors::VectorBucket')[0] ?? []
    expect(vectorRights(template)).toEqual([
      [expect.stringMatching(/Role/), [`\${${bucket}.VectorBucketArn}/index/*`]],
    ])
  })

  test('keeps its name if the chunking changes, while its source is replaced under another name', () => {
    const other = home({ knowledge: { ...knowledge, chunking: { ...knowledge.chunking, maxTokens: 500 } } })
    expect(nameOf(other, 'AWS::Bedrock::DataSource')).not.toBe(nameOf(template, 'AWS::Bedrock::DataSource'))
    expect(nameOf(other, 'AWS::Bedrock::KnowledgeBase')).toBe(nameOf(template, 'AWS::Bedrock::KnowledgeBase'))
  })

  test('has a schedule that starts an ingestion job for its source', () => {
    const scheduled = home({
      knowledge: { ...knowledge, sync: { schedule: 'cron(0 4 * * ? *)', timezone: 'Europe/London' } },
    })
    const { Target, ScheduleExpression, ScheduleExpressionTimezone } = only(
      scheduled,
      'AWS::Scheduler::Schedule',
    ).Properties
    expect([ScheduleExpression, ScheduleExpressionTimezone]).toEqual(['cron(0 4 * * ? *)', 'Europe/London'])
    expect(Target.RetryPolicy).toEqual({ MaximumRetryAttempts: 3, MaximumEventAgeInSeconds: 3600 })
    const [baseId] = ofType(template, 'AWS::Bedrock::KnowledgeBase')[0] ?? []
    const [sourceId] = ofType(template, 'AWS::Bedrock::DataSource')[0] ?? []
    expect(text(Target.Arn)).toBe('arn:aws:scheduler:::aws-sdk:bedrockagent:startIngestionJob')
    expect(JSON.parse(text(Target.Input))).toEqual({
      KnowledgeBaseId: `\${${baseId}.KnowledgeBaseId}`,
      DataSourceId: `\${${sourceId}.DataSourceId}`,
      Description: outputs[0].ingestionDescription,
    })
  })
})

test('only Bedrock, for knowledge bases of this account and region, may use the role of a base', () => {
  const [baseRole] = identityStatements(template)
    .filter(({ actions }) => actions.includes('s3vectors:DeleteVectors'))
    .map(({ of }) => of)
  const { AssumeRolePolicyDocument } = template.Resources[baseRole ?? '']?.Properties ?? {}
  const [statement, ...others] = AssumeRolePolicyDocument.Statement
  expect(others).toEqual([])
  expect(statement.Principal).toEqual({ Service: 'bedrock.amazonaws.com' })
  expect(statement.Condition.StringEquals).toEqual({ 'aws:SourceAccount': { Ref: 'AWS::AccountId' } })
  expect(text(statement.Condition.ArnLike['aws:SourceArn'])).toBe(
    `arn:aws:bedrock:us-east-1:${FAKE_ACCOUNT}:knowledge-base/*`,
  )
})

describe('the source of a knowledge base', () => {
  test('Confluence is read with the user and token in a secret', () => {
    const { ConfluenceConfiguration } = only(template, 'AWS::Bedrock::DataSource').Properties
      .DataSourceConfiguration
    const { HostType, AuthType, HostUrl, CredentialsSecretArn } = ConfluenceConfiguration.SourceConfiguration
    expect({ HostType, AuthType, HostUrl }).toEqual({
      HostType: 'SAAS',
      AuthType: 'BASIC',
      HostUrl: 'https://fake.atlassian.example',
    })
    const { GenerateSecretString } = template.Resources[CredentialsSecretArn.Ref]?.Properties ?? {}
    expect(GenerateSecretString.GenerateStringKey).toBe('password')
    expect(JSON.parse(GenerateSecretString.SecretStringTemplate)).toEqual({ username: 'not-set' })
  })

  test('a bucket is read below the prefix', () => {
    const { DataSourceConfiguration } = only(
      home({ knowledge: { ...knowledge, bases: [documents] } }),
      'AWS::Bedrock::DataSource',
    ).Properties
    expect(DataSourceConfiguration).toEqual({
      Type: 'S3',
      S3Configuration: { BucketArn: 'arn:aws:s3:::fake-documents', InclusionPrefixes: ['handbook/'] },
    })
  })

  test('a bucket may only be read below the prefix, and only if it belongs to this account', () => {
    const statements = identityStatements(home({ knowledge: { ...knowledge, bases: [documents] } }))
    const rights = statements.filter(({ actions }) => actions.some((action) => action.startsWith('s3:')))
    const Condition = { StringEquals: { 'aws:ResourceAccount': FAKE_ACCOUNT } }
    expect(rights.map(({ actions, resources, Condition }) => ({ actions, resources, Condition }))).toEqual([
      { actions: ['s3:ListBucket'], resources: ['arn:aws:s3:::fake-documents'], Condition },
      { actions: ['s3:GetObject'], resources: ['arn:aws:s3:::fake-documents/handbook/*'], Condition },
    ])
  })

  test('a bucket is read completely if the prefix is empty', () => {
    const all = home({ knowledge: { ...knowledge, bases: [{ ...documents, prefix: '' }] } })
    expect(
      only(all, 'AWS::Bedrock::DataSource').Properties.DataSourceConfiguration.S3Configuration,
    ).not.toHaveProperty('InclusionPrefixes')
  })
})

describe('KNOWLEDGE_BASES', () => {
  test('names new and existing bases with their ids', () => {
    const mixed = home({ knowledge: { ...knowledge, bases: [existing, documents] } })
    const [baseId] = ofType(mixed, 'AWS::Bedrock::KnowledgeBase')[0] ?? []
    expect(text(basesOf(mixed))).toBe(`old=KB00000001,handbook=\${${baseId}.KnowledgeBaseId}`)
  })

  test('with only an existing base, the stack creates nothing for it', () => {
    const old = home({ knowledge: { ...knowledge, bases: [existing] } })
    const made = Object.values(old.Resources).filter(({ Type }) =>
      /S3Vectors|Scheduler|Bedrock::(KnowledgeBase|DataSource)/.test(Type),
    )
    expect(made).toEqual([])
  })

  test('is missing if there is no base', () => {
    expect(basesOf(home({ knowledge: { ...knowledge, bases: [] } }))).toBeUndefined()
  })

  test('with two bases of one name, the synthesis fails', () => {
    expect(() =>
      home({ knowledge: { ...knowledge, bases: [existing, { ...existing, id: 'KB00000002' }] } }),
    ).toThrow('old')
  })
})

test('the output KnowledgeBases has what the first ingestion needs', () => {
  const any = expect.any(String)
  expect(outputs).toEqual([
    { name: 'wiki', knowledgeBaseId: any, dataSourceId: any, ingestionDescription: any, credentialsArn: any },
  ])
})

test('the description of ingestion jobs changes exactly if the source changes', () => {
  const other = home({
    knowledge: {
      ...knowledge,
      bases: [{ name: 'wiki', source: 'confluence', site: 'https://other.atlassian.example' }],
    },
  })
  const [moved] = JSON.parse(text(other.Outputs.KnowledgeBases?.Value))
  expect(moved.ingestionDescription).not.toBe(outputs[0].ingestionDescription)
  expect(JSON.parse(text(home().Outputs.KnowledgeBases?.Value))).toEqual(outputs)
})
