/** What a guardrail blocks or masks. The simulator finds it by patterns and words; Bedrock asks models. */
export interface GuardrailPolicy {
  /** The text that replaces the answer if the question, or the answer, is blocked. */
  blockedInput: string
  blockedOutput: string
  deniedTopics?: { name: string; pattern: RegExp }[]
  deniedWords?: string[]
  contentFilters?: { type: 'INSULTS' | 'HATE' | 'SEXUAL' | 'VIOLENCE' | 'MISCONDUCT'; words: string[] }[]
  /** Checked in the question only. */
  promptAttacks?: RegExp[]
  pii?: { type: string; pattern: RegExp; input: PiiAction; output: PiiAction }[]
}

export type PiiAction = 'BLOCK' | 'ANONYMIZE' | 'NONE'

/** A policy, with the names that a request uses for it. */
export interface Guardrail {
  id: string
  version: string
  arn: string
  policy: GuardrailPolicy
}

/** One GuardrailAssessment of the service model. `match` holds the exact words that were found. */
export type Assessment = ReturnType<typeof assess>['assessment']

/** Bedrock bills by the text unit. */
const UNIT_CHARACTERS = 1000

const DETECTED = { action: 'BLOCKED', detected: true } as const

/**
 * Checks `text` against the policy. The returned `text` has its personal data masked, for example as
 * `{EMAIL}`, if the policy says so. Without `mask` such data is only reported: an answer in async mode has
 * already been sent.
 */
export function assess(
  { id, version, arn, policy }: Guardrail,
  text: string,
  source: 'input' | 'output',
  { mask, total }: { mask: boolean; total: number },
) {
  const topics = (policy.deniedTopics ?? []).filter(({ pattern }) => findAll(pattern, text).length > 0)
  const words = (policy.deniedWords ?? []).flatMap((word) => findAll(wholeWord(word), text))
  const filters = (policy.contentFilters ?? []).filter((filter) =>
    filter.words.some((word) => findAll(wholeWord(word), text).length > 0),
  )
  const attacks =
    source === 'input' ? (policy.promptAttacks ?? []).flatMap((pattern) => findAll(pattern, text)) : []
  const entities = (policy.pii ?? []).flatMap((pii) =>
    findAll(pii.pattern, text).map((match) => ({ ...pii, match, action: outcome(pii[source], mask) })),
  )

  const harmful = [...filters.map(({ type }) => type), ...(attacks.length > 0 ? ['PROMPT_ATTACK'] : [])]
  const blocked =
    topics.length + words.length + harmful.length > 0 || entities.some(({ action }) => action === 'BLOCKED')
  const masking = (policy.pii ?? []).filter((pii) => mask && pii[source] === 'ANONYMIZE')
  const units = Math.ceil(text.length / UNIT_CHARACTERS)
  const unitsIf = (configured: unknown) => (configured ? units : 0)
  const assessment = {
    ...(topics.length > 0 && {
      topicPolicy: { topics: topics.map(({ name }) => ({ name, type: 'DENY', ...DETECTED })) },
    }),
    ...(harmful.length > 0 && {
      contentPolicy: {
        filters: harmful.map((type) => ({ type, confidence: 'HIGH', filterStrength: 'HIGH', ...DETECTED })),
      },
    }),
    ...(words.length > 0 && {
      wordPolicy: { customWords: words.map((match) => ({ match, ...DETECTED })), managedWordLists: [] },
    }),
    ...(entities.length > 0 && {
      sensitiveInformationPolicy: {
        piiEntities: entities.map(({ match, type, action }) => ({ match, type, action, detected: true })),
        regexes: [],
      },
    }),
    invocationMetrics: {
      guardrailProcessingLatency: 0,
      usage: {
        topicPolicyUnits: unitsIf(policy.deniedTopics),
        contentPolicyUnits: unitsIf(policy.contentFilters ?? policy.promptAttacks),
        wordPolicyUnits: unitsIf(policy.deniedWords),
        sensitiveInformationPolicyUnits: unitsIf(policy.pii),
        sensitiveInformationPolicyFreeUnits: 0,
        contextualGroundingPolicyUnits: 0,
      },
      guardrailCoverage: { textCharacters: { guarded: text.length, total } },
    },
    appliedGuardrailDetails: {
      guardrailId: id,
      guardrailVersion: version,
      guardrailArn: arn,
      guardrailOrigin: ['REQUEST'],
      guardrailOwnership: 'SELF',
    },
  }
  return {
    assessment,
    blocked,
    masked: entities.some(({ action }) => action === 'ANONYMIZED'),
    text: masking.reduce((rest, { type, pattern }) => rest.replace(everywhere(pattern), `{${type}}`), text),
  }
}

function outcome(action: PiiAction, mask: boolean) {
  if (action === 'BLOCK') return 'BLOCKED'
  return action === 'ANONYMIZE' && mask ? 'ANONYMIZED' : 'NONE'
}

const everywhere = ({ source, flags }: RegExp) =>
  new RegExp(source, flags.includes('g') ? flags : `${flags}g`)
const findAll = (pattern: RegExp, text: string) =>
  [...text.matchAll(everywhere(pattern))].map(([match]) => match)
const wholeWord = (word: string) =>
  new RegExp(`(?<![\\p{L}\\p{N}])${word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\p{L}\\p{N}])`, 'iu')
