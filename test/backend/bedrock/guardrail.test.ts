import type { GuardrailAssessment } from '@aws-sdk/client-bedrock-runtime'
import { describe, expect, test } from 'vitest'
import { explain } from '../../../backend/bedrock/guardrail.ts'

/** A word that the guardrail matched. It must not come out. */
const match = 'zqmatch'

const BLOCKED = {
  topic: { topicPolicy: { topics: [{ name: match, type: 'DENY', action: 'BLOCKED' }] } },
  harm: { contentPolicy: { filters: [{ type: 'HATE', confidence: 'HIGH', action: 'BLOCKED' }] } },
  attack: { contentPolicy: { filters: [{ type: 'PROMPT_ATTACK', confidence: 'HIGH', action: 'BLOCKED' }] } },
  word: { wordPolicy: { customWords: [{ match, action: 'BLOCKED' }], managedWordLists: [] } },
  profanity: {
    wordPolicy: { customWords: [], managedWordLists: [{ match, type: 'PROFANITY', action: 'BLOCKED' }] },
  },
  pii: {
    sensitiveInformationPolicy: { piiEntities: [{ match, type: 'PIN', action: 'BLOCKED' }], regexes: [] },
  },
  regex: {
    sensitiveInformationPolicy: { piiEntities: [], regexes: [{ match, name: match, action: 'BLOCKED' }] },
  },
  ungrounded: {
    contextualGroundingPolicy: {
      filters: [{ type: 'GROUNDING', threshold: 0.5, score: 0.1, action: 'BLOCKED' }],
    },
  },
} satisfies Record<string, GuardrailAssessment>

const MASKED = {
  pii: {
    sensitiveInformationPolicy: { piiEntities: [{ match, type: 'PIN', action: 'ANONYMIZED' }], regexes: [] },
  },
  regex: {
    sensitiveInformationPolicy: { piiEntities: [], regexes: [{ match, name: match, action: 'ANONYMIZED' }] },
  },
} satisfies Record<string, GuardrailAssessment>

const UNBLOCKED: GuardrailAssessment = {
  topicPolicy: { topics: [{ name: match, type: 'DENY', action: 'NONE' }] },
  contentPolicy: { filters: [{ type: 'HATE', confidence: 'LOW', action: 'NONE' }] },
  wordPolicy: { customWords: [{ match, action: 'NONE' }], managedWordLists: [] },
}

const onQuestion = (assessment: GuardrailAssessment) => explain({ inputAssessment: { gr: assessment } })
const onAnswer = (...assessments: GuardrailAssessment[]) =>
  explain({ outputAssessments: { gr: assessments } })

describe('a blocked text is explained by the kind of rule, never by what matched', () => {
  test.each(Object.entries(BLOCKED))('%s', (_, assessment) => {
    const explained = onQuestion(assessment)
    expect(explained?.on).toBe('question')
    expect(explained?.rules).toHaveLength(1)
    expect(onAnswer(assessment)).toEqual({ ...explained, on: 'answer' })
    expect(JSON.stringify(explained)).not.toContain(match)
  })

  test('every kind has its own words, except the two kinds of words and of personal data', () => {
    const rulesOf = (kind: keyof typeof BLOCKED) => onQuestion(BLOCKED[kind])?.rules
    expect(rulesOf('profanity')).toEqual(rulesOf('word'))
    expect(rulesOf('regex')).toEqual(rulesOf('pii'))
    const rules = Object.values(BLOCKED).flatMap((assessment) => onQuestion(assessment)?.rules ?? [])
    expect(new Set(rules).size).toBe(Object.keys(BLOCKED).length - 2)
  })
})

test('rules of several assessments are named once each', () => {
  const once = onAnswer(BLOCKED.topic, BLOCKED.word)
  expect(once?.rules).toHaveLength(2)
  expect(onAnswer(BLOCKED.topic, BLOCKED.word, BLOCKED.topic)).toEqual(once)
})

test('a blocked question wins over a blocked answer', () => {
  const both = explain({
    inputAssessment: { gr: BLOCKED.topic },
    outputAssessments: { gr: [BLOCKED.word] },
  })
  expect(both).toEqual(onQuestion(BLOCKED.topic))
})

test.each(Object.entries(MASKED))('masked %s is no intervention, on either side', (_, assessment) => {
  expect(onQuestion(assessment)).toBeUndefined()
  expect(onAnswer(UNBLOCKED, assessment)).toBeUndefined()
})

test('masking does not hide a block', () => {
  expect(onAnswer(MASKED.pii, BLOCKED.word)).toEqual(onAnswer(BLOCKED.word))
})

test.each([
  ['no trace', explain(undefined)],
  ['a trace in which nothing is blocked or masked', onAnswer(UNBLOCKED)],
])('%s is a blocked answer without a known rule', (_, explained) => {
  expect(explained).toEqual({ on: 'answer', rules: [] })
})
