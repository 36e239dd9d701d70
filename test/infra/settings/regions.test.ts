import { describe, expect, test } from 'vitest'
import { readModelId } from '../../../infra/settings/inference-profile.ts'
import { placementOf, stackRegions } from '../../../infra/settings/placement.ts'
import { ANSWER_FUNCTION } from '../../../playground/account.ts'
import { fakeSections } from '../fake-sections.ts'
import { functionNamed, only, synthesize, text } from '../synthesized.ts'

const sections = fakeSections
const inRegion = (region: string, id = sections.model.id) =>
  placementOf({
    ...sections,
    deployment: { ...sections.deployment, region },
    model: { ...sections.model, id },
  })

describe('a region that lacks something is an error that names the regions that have it,', () => {
  test.each([
    [
      'for an inference profile',
      () => inRegion('eu-central-1'),
      /us\.anthropic.*eu-central-1.*us-east-1, us-east-2/,
    ],
    ['for a rerank model', () => inRegion('us-east-2'), /cohere\.rerank.*us-east-2.*us-west-2/],
    [
      'for the guardrail tier STANDARD',
      () => inRegion('sa-east-1', 'global.fake.model'),
      /STANDARD.*sa-east-1.*us-east-1/,
    ],
    [
      'for an unknown prefix, with the file to add it to',
      () => inRegion('us-east-1', 'xx.fake.model'),
      /"xx\.".*infra\/settings\/regions\.ts/,
    ],
  ])('%s', (_, place, message) => {
    expect(place).toThrow(message)
  })

  test('before the stacks are created', () => {
    expect(() => synthesize({ deployment: { ...sections.deployment, region: 'eu-central-1' } })).toThrow(
      /us\.anthropic/,
    )
  })

  test('for all of them in one message', () => {
    expect(() => inRegion('sa-east-1')).toThrow(/model\.id.*knowledge\.rerankModel.*guardrail\.tier/)
  })
})

test.each([
  [
    'us.anthropic.claude-haiku-5-5',
    { kind: 'geographic', geography: 'us', model: 'anthropic.claude-haiku-5-5' },
  ],
  ['apac.fake.model-v1:0', { kind: 'geographic', geography: 'apac', model: 'fake.model-v1:0' }],
  ['global.fake.model', { kind: 'global', model: 'fake.model' }],
  ['amazon.nova-lite-v1:0', { kind: 'foundation', model: 'amazon.nova-lite-v1:0' }],
])('the model id %s is split into its parts', (id, target) => {
  expect(readModelId(id)).toMatchObject(target)
})

test('everything in one region needs one stack', () => {
  expect(Object.keys(synthesize())).toEqual(['Vera'])
})

describe('with model and knowledge in other regions', () => {
  const stacks = synthesize({
    model: { ...sections.model, id: 'eu.anthropic.claude-haiku-5-5', region: 'eu-west-1' },
    knowledge: { ...sections.knowledge, region: 'eu-central-1' },
  })

  test('the guardrail is in the stack of the model, and the bases are in the stack of the knowledge', () => {
    expect(Object.keys(stacks).sort()).toEqual(['Vera', 'Vera-eu-central-1', 'Vera-eu-west-1'])
    const places = Object.entries(stacks).flatMap(([name, { Resources }]) =>
      Object.values(Resources).flatMap(({ Type }) =>
        /Bedrock::(Guardrail|KnowledgeBase)$/.test(Type) ? [`${name} ${Type}`] : [],
      ),
    )
    expect(places.sort()).toEqual([
      'Vera-eu-central-1 AWS::Bedrock::KnowledgeBase',
      'Vera-eu-west-1 AWS::Bedrock::Guardrail',
    ])
  })

  test('the functions get both regions, and the ids from both stacks', () => {
    const { Vera } = stacks
    const { Variables } = functionNamed(Vera ?? { Resources: {}, Outputs: {} }, ANSWER_FUNCTION).Properties
      .Environment
    expect(Variables).toMatchObject({ MODEL_REGION: 'eu-west-1', KNOWLEDGE_REGION: 'eu-central-1' })
    expect(Variables.GUARDRAIL_ID).toMatchObject({
      'Fn::GetStackOutput': { StackName: 'Vera-eu-west-1', Region: 'eu-west-1' },
    })
    expect(text(Variables.KNOWLEDGE_BASES)).toMatch(/^wiki=\$\{Vera-eu-central-1\./)
    expect(Variables.RERANK_MODEL_ARN).toBe(
      'arn:aws:bedrock:eu-central-1::foundation-model/cohere.rerank-v3-5:0',
    )
  })
})

test('an existing guardrail and existing bases in other regions need no stacks there', () => {
  const stacks = synthesize({
    model: { ...sections.model, id: 'eu.anthropic.claude-haiku-5-5', region: 'eu-west-1' },
    guardrail: { source: 'existing', id: 'gr00fake', version: '3' },
    knowledge: {
      ...sections.knowledge,
      region: 'us-west-2',
      bases: [{ name: 'old', source: 'existing', id: 'KB00000001' }],
    },
  })
  expect(Object.keys(stacks)).toEqual(['Vera'])
  expect(only(stacks.Vera ?? { Resources: {}, Outputs: {} }, 'AWS::Lambda::Alias').Properties.Name).toBe(
    'live',
  )
})

test('stackRegions names exactly the regions of the synthesized stacks', () => {
  const { model, knowledge } = fakeSections
  const existing = { ...knowledge, bases: [{ name: 'old', source: 'existing', id: 'KB00000001' }] } as const
  for (const change of [
    {},
    {
      model: { ...model, id: 'eu.fake.model', region: 'eu-west-1' },
      knowledge: { ...knowledge, region: 'eu-central-1' },
    },
    { knowledge: { ...existing, bases: [...existing.bases], region: 'us-west-2' } },
    {
      model: { ...model, region: 'us-west-2' },
      guardrail: { source: 'existing', id: 'gr00fake', version: '3' } as const,
    },
  ]) {
    const home = fakeSections.deployment.region
    const made = Object.keys(synthesize(change)).map((name) =>
      name === 'Vera' ? home : name.slice('Vera-'.length),
    )
    expect(stackRegions({ ...fakeSections, ...change }).sort()).toEqual(made.sort())
  }
})
