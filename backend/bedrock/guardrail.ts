import type { GuardrailAssessment, GuardrailTraceAssessment } from '@aws-sdk/client-bedrock-runtime'
import type { Intervention } from '../prompt/model.ts'

/**
 * Names the blocked text and the rules. The trace holds the words that matched, so nothing else may read it.
 * Undefined if the guardrail only masked something: Bedrock says "intervened" then too, but the answer is
 * whole.
 */
export function explain(trace: GuardrailTraceAssessment | undefined): Intervention | undefined {
  const onQuestion = Object.values(trace?.inputAssessment ?? {})
  const onAnswer = Object.values(trace?.outputAssessments ?? {}).flat()
  const blockedQuestion = rulesOf(onQuestion)
  if (blockedQuestion.length > 0) return { on: 'question', rules: blockedQuestion }
  const blockedAnswer = rulesOf(onAnswer)
  if (blockedAnswer.length === 0 && [...onQuestion, ...onAnswer].some(isMasking)) return undefined
  return { on: 'answer', rules: blockedAnswer }
}

function isMasking({ sensitiveInformationPolicy }: GuardrailAssessment): boolean {
  const found = [
    ...(sensitiveInformationPolicy?.piiEntities ?? []),
    ...(sensitiveInformationPolicy?.regexes ?? []),
  ]
  return found.some(({ action }) => action === 'ANONYMIZED')
}

function rulesOf(assessments: readonly GuardrailAssessment[]): string[] {
  const blocked = (entries: readonly { action?: string | undefined }[] | undefined) =>
    entries?.some(({ action }) => action === 'BLOCKED') ?? false
  const rules = assessments.flatMap((assessment) => [
    ...(blocked(assessment.topicPolicy?.topics) ? ['a topic that is off limits'] : []),
    ...(assessment.contentPolicy?.filters ?? []).flatMap(({ type, action }) =>
      action !== 'BLOCKED'
        ? []
        : [type === 'PROMPT_ATTACK' ? 'an attempt to change my instructions' : 'harmful content'],
    ),
    ...(blocked(assessment.wordPolicy?.customWords) || blocked(assessment.wordPolicy?.managedWordLists)
      ? ['a blocked word']
      : []),
    ...(blocked(assessment.sensitiveInformationPolicy?.piiEntities) ||
    blocked(assessment.sensitiveInformationPolicy?.regexes)
      ? ['personal or confidential data']
      : []),
    ...(blocked(assessment.contextualGroundingPolicy?.filters) ? ['not grounded in the sources'] : []),
  ])
  return [...new Set(rules)]
}
