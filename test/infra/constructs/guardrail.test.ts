import { describe, expect, test } from 'vitest'
import type { Sections } from '../../../infra/settings/sections.ts'
import { ANSWER_FUNCTION } from '../../../playground/account.ts'
import { fakeSections } from '../fake-sections.ts'
import {
  FAKE_ACCOUNT,
  functionNamed,
  home,
  ofType,
  only,
  onlyId,
  statementsOf,
  text,
} from '../synthesized.ts'

type Policy = Extract<Sections['guardrail'], { source: 'policy' }>

const { guardrail } = fakeSections
const policy = guardrail as Policy
const template = home()
const made = only(template, 'AWS::Bedrock::Guardrail').Properties

const variablesOf = (one: typeof template) =>
  functionNamed(one, ANSWER_FUNCTION).Properties.Environment.Variables
const versionOf = (one: typeof template) => only(one, 'AWS::Bedrock::GuardrailVersion')
const published = (one: typeof template) =>
  ofType(one, 'AWS::Lambda::Version').map(([logicalId]) => logicalId)
/** The guardrail that the answering function may apply, with the profiles for other regions. */
const appliedBy = (one: typeof template) =>
  statementsOf(one, ANSWER_FUNCTION)
    .filter(({ actions }) => actions.includes('bedrock:ApplyGuardrail'))
    .flatMap(({ resources }) => resources)
const guardrailIn = (one: typeof template) =>
  `arn:aws:bedrock:us-east-1:${FAKE_ACCOUNT}:guardrail/\${${onlyId(one, 'AWS::Bedrock::Guardrail')}.GuardrailId}`

describe('the policy of a new guardrail', () => {
  test('checks questions for prompt attacks, and not answers', () => {
    const attack = made.ContentPolicyConfig.FiltersConfig.find(
      ({ Type }: { Type: string }) => Type === 'PROMPT_ATTACK',
    )
    expect(attack).toMatchObject({ InputStrength: 'HIGH', OutputStrength: 'NONE' })
  })

  test('masks or blocks personal data in questions and answers', () => {
    const entities = made.SensitiveInformationPolicyConfig.PiiEntitiesConfig
    expect(entities.length).toBe(policy.mask.length + policy.block.length)
    for (const { Type, InputAction, OutputAction } of entities) {
      const action = (policy.block as string[]).includes(Type) ? 'BLOCK' : 'ANONYMIZE'
      expect([Type, InputAction, OutputAction]).toEqual([Type, action, action])
    }
  })

  test('is refused if it masks and blocks the same kind of data', () => {
    expect(() => home({ guardrail: { ...policy, mask: ['PIN'], block: ['PIN'] } })).toThrow('PIN')
  })

  test('contains topics and words if the configuration has any', () => {
    expect(made).not.toHaveProperty('TopicPolicyConfig')
    const topic = {
      name: 'Salaries',
      definition: 'What somebody earns.',
      examples: ['What does a fake colleague earn?'],
    }
    const rules = only(
      home({ guardrail: { ...policy, topics: [topic], words: ['fakeword'] } }),
      'AWS::Bedrock::Guardrail',
    ).Properties
    expect(rules.TopicPolicyConfig.TopicsConfig).toEqual([
      { Name: 'Salaries', Definition: 'What somebody earns.', Examples: topic.examples, Type: 'DENY' },
    ])
    expect(rules.WordPolicyConfig).toMatchObject({
      WordsConfig: [{ Text: 'fakeword' }],
      ManagedWordListsConfig: [{ Type: 'PROFANITY' }],
    })
  })
})

describe('the version of a new guardrail', () => {
  test('is passed to the functions, and is never DRAFT', () => {
    const versionId = onlyId(template, 'AWS::Bedrock::GuardrailVersion')
    expect(text(variablesOf(template).GUARDRAIL_VERSION)).toBe(`\${${versionId}.Version}`)
    expect(JSON.stringify(template)).not.toContain('DRAFT')
  })

  test('is replaced, together with the version of vera-answer, exactly if a rule changes', () => {
    const same = home()
    expect(versionOf(same).Properties.Description).toBe(versionOf(template).Properties.Description)
    expect(published(same)).toEqual(published(template))
    const stricter = home({ guardrail: { ...policy, words: ['fakeword'] } })
    expect(versionOf(stricter).Properties.Description).not.toBe(versionOf(template).Properties.Description)
    expect(published(stricter)).not.toEqual(published(template))
  })

  test('is kept for a rollback', () => {
    expect(versionOf(template)).toMatchObject({
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
    })
  })
})

describe('the tier of a new guardrail', () => {
  const profile = (region: string) =>
    `arn:aws:bedrock:${region}:${FAKE_ACCOUNT}:guardrail-profile/us.guardrail.v1:0`

  test('STANDARD uses a cross-region profile, and vera-answer may use it in each of its regions', () => {
    expect(text(made.CrossRegionConfig.GuardrailProfileArn)).toBe(profile('us-east-1'))
    expect(new Set(appliedBy(template))).toEqual(
      new Set([guardrailIn(template), ...['us-east-1', 'us-east-2', 'us-west-2'].map(profile)]),
    )
  })

  test('CLASSIC uses no cross-region profile', () => {
    const classic = home({ guardrail: { ...policy, tier: 'CLASSIC' } })
    expect(only(classic, 'AWS::Bedrock::Guardrail').Properties).not.toHaveProperty('CrossRegionConfig')
    expect(appliedBy(classic)).toEqual([guardrailIn(classic)])
  })
})

test('an existing guardrail is used, and none is created', () => {
  const existing = home({ guardrail: { source: 'existing', id: 'gr00fake', version: '3' } })
  expect(ofType(existing, 'AWS::Bedrock::Guardrail')).toEqual([])
  expect(variablesOf(existing)).toMatchObject({ GUARDRAIL_ID: 'gr00fake', GUARDRAIL_VERSION: '3' })
  const allowed = statementsOf(existing, ANSWER_FUNCTION).flatMap(({ resources }) => resources)
  expect(allowed).toContain(`arn:aws:bedrock:us-east-1:${FAKE_ACCOUNT}:guardrail/gr00fake`)
})
