import { describe, expect, test } from 'vitest'
import { ANSWER_FUNCTION, APOLOGIZE_FUNCTION } from '../../../playground/account.ts'
import { fakeSections } from '../fake-sections.ts'
import { FAKE_ACCOUNT, home, identityStatements, statementsOf, synthesize } from '../synthesized.ts'

/** Permissions whose resource ends with a star, with the reason. */
const WILDCARDS: Record<string, string> = {
  'bedrock:Rerank *': 'the action supports no resource; the model that it uses is limited to one ARN',
  ...Object.fromEntries(
    ['DeleteVectors', 'GetIndex', 'GetVectors', 'PutVectors', 'QueryVectors'].map((action) => [
      `s3vectors:${action} \${KnowledgeVectors.VectorBucketArn}/index/*`,
      'a replaced base empties its old index with the role of the new base',
    ]),
  ),
  's3:GetObject arn:aws:s3:::fake-documents/handbook/*': 'a base is made from all documents below its prefix',
}

const { knowledge } = fakeSections
const documents = { name: 'handbook', source: 's3', bucket: 'fake-documents', prefix: 'handbook/' } as const

test('only permissions with a reason have a wildcard as resource', () => {
  const templates = Object.values(
    synthesize({ knowledge: { ...knowledge, bases: [...knowledge.bases, documents] } }),
  )
  const statements = templates.flatMap(identityStatements)
  const wild = statements.flatMap(({ actions, resources }) =>
    actions.flatMap((action) =>
      // A logical id ends with eight digits of a hash.
      resources
        .map((resource) => `${action} ${resource.replace(/[0-9A-F]{8}\./, '.')}`)
        .filter((right) => right.includes('*')),
    ),
  )
  expect([...new Set(wild)].sort()).toEqual(Object.keys(WILDCARDS).sort())
  expect(new Set(statements.map(({ Effect }) => Effect))).toEqual(new Set(['Allow']))
})

describe('the permission to call the model', () => {
  const asking = (id: string, region: string) =>
    statementsOf(home({ model: { ...fakeSections.model, id, region } }), ANSWER_FUNCTION).filter(
      ({ actions }) => actions.some((action) => action.startsWith('bedrock:InvokeModelWith')),
    )
  const allow = { Effect: 'Allow', actions: ['bedrock:InvokeModelWithResponseStream'] }

  test('with a geographic profile, covers its regions through this profile only', () => {
    const profile = `arn:aws:bedrock:us-east-1:${FAKE_ACCOUNT}:inference-profile/us.anthropic.claude-haiku-5-5`
    expect(asking('us.anthropic.claude-haiku-5-5', 'us-east-1')).toEqual([
      { of: expect.anything(), ...allow, resources: [profile] },
      {
        of: expect.anything(),
        ...allow,
        resources: ['us-east-1', 'us-east-2', 'us-west-2'].map(
          (region) => `arn:aws:bedrock:${region}::foundation-model/anthropic.claude-haiku-5-5`,
        ),
        Condition: { StringEquals: { 'bedrock:InferenceProfileArn': profile } },
      },
    ])
  })

  test('with a European profile, covers European regions only', () => {
    const regions = asking('eu.anthropic.claude-haiku-5-5', 'eu-west-1')
      .flatMap(({ resources }) => resources)
      .map((arn) => arn.split(':')[3])
    expect(regions.filter((region) => !region?.startsWith('eu-'))).toEqual([])
    expect(new Set(regions)).toEqual(
      new Set(['eu-central-1', 'eu-north-1', 'eu-south-1', 'eu-south-2', 'eu-west-1', 'eu-west-3']),
    )
  })

  test('with a geographic profile, covers a source region that is no destination', () => {
    const resources = asking('us.anthropic.claude-haiku-5-5', 'us-west-1').flatMap(
      (statement) => statement.resources,
    )
    expect(resources).toContain('arn:aws:bedrock:us-west-1::foundation-model/anthropic.claude-haiku-5-5')
  })

  test('with the global profile, covers the three forms of a request that AWS checks', () => {
    const profile = `arn:aws:bedrock:us-east-1:${FAKE_ACCOUNT}:inference-profile/global.anthropic.claude-haiku-5-5`
    const through = { 'bedrock:InferenceProfileArn': profile }
    expect(
      asking('global.anthropic.claude-haiku-5-5', 'us-east-1').map(({ resources, Condition }) => ({
        resources,
        Condition,
      })),
    ).toEqual([
      { resources: [profile], Condition: { StringEquals: { 'aws:RequestedRegion': 'us-east-1' } } },
      {
        resources: ['arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-haiku-5-5'],
        Condition: { StringEquals: { 'aws:RequestedRegion': 'us-east-1', ...through } },
      },
      {
        resources: ['arn:aws:bedrock:::foundation-model/anthropic.claude-haiku-5-5'],
        Condition: { StringEquals: { 'aws:RequestedRegion': 'unspecified', ...through } },
      },
    ])
  })

  test('without a profile, covers one ARN', () => {
    expect(asking('amazon.nova-lite-v1:0', 'us-east-1').flatMap(({ resources }) => resources)).toEqual([
      'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0',
    ])
  })
})

test('vera-apologize has no permission for Bedrock', () => {
  const actions = statementsOf(home(), APOLOGIZE_FUNCTION).flatMap((statement) => statement.actions)
  expect(actions.length).toBeGreaterThan(0)
  expect(actions.filter((action) => action.startsWith('bedrock:'))).toEqual([])
})

test('each function may read one secret, and do nothing else with secrets', () => {
  for (const name of [ANSWER_FUNCTION, APOLOGIZE_FUNCTION]) {
    const secrets = statementsOf(home(), name).filter(({ actions }) =>
      actions.some((action) => action.startsWith('secretsmanager:')),
    )
    expect(secrets.map(({ actions, resources }) => [actions, resources.length])).toEqual([
      [['secretsmanager:GetSecretValue'], 1],
    ])
  }
})

test('vera-answer may only search the knowledge bases of the configuration', () => {
  const bases = [{ name: 'old', source: 'existing', id: 'KB00000001' }] as const
  const search = statementsOf(
    home({ knowledge: { ...knowledge, bases: [...bases] } }),
    ANSWER_FUNCTION,
  ).filter(({ actions }) => actions.includes('bedrock:Retrieve'))
  expect(search.map(({ actions, resources }) => ({ actions, resources }))).toEqual([
    {
      actions: ['bedrock:Retrieve'],
      resources: [`arn:aws:bedrock:us-east-1:${FAKE_ACCOUNT}:knowledge-base/KB00000001`],
    },
  ])
})

test('vera-answer may rerank with the one model in the region of the bases, if there are bases', () => {
  const { rerankModel: _, ...without } = knowledge
  const reranking = (change: typeof knowledge) =>
    statementsOf(home({ knowledge: change }), ANSWER_FUNCTION).filter(({ actions }) =>
      actions.some((action) => /Rerank|InvokeModel$/.test(action)),
    )
  expect(reranking(without)).toEqual([])
  // Without a base there are no passages to rerank.
  expect(reranking({ ...knowledge, bases: [] })).toEqual([])
  expect(reranking({ ...knowledge, region: 'us-west-2' }).flatMap(({ resources }) => resources)).toEqual([
    '*',
    'arn:aws:bedrock:us-west-2::foundation-model/cohere.rerank-v3-5:0',
  ])
})
