import type { CfnGuardrailProps } from 'aws-cdk-lib/aws-bedrock'
import type { Sections } from '../settings/sections.ts'

type Policy = Extract<Sections['guardrail'], { source: 'policy' }>
type Rules = Omit<CfnGuardrailProps, 'name' | 'crossRegionConfig' | 'tags'>

/** Only other callers of the guardrail see this. The assistant says in its own words what was blocked. */
const BLOCKED = 'Blocked by a rule of this company.'

/**
 * The policy in the form of CloudFormation.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-bedrock-guardrail.html
 */
export function rulesOf(policy: Policy): Rules {
  const { content, promptAttack, mask, block, topics, words, tier } = policy
  const both = (action: string) => ({
    action,
    inputAction: action,
    outputAction: action,
    inputEnabled: true,
    outputEnabled: true,
  })
  return {
    blockedInputMessaging: BLOCKED,
    blockedOutputsMessaging: BLOCKED,
    contentPolicyConfig: {
      filtersConfig: [
        ...Object.entries(content).map(([type, strength]) => ({
          type,
          inputStrength: strength,
          outputStrength: strength,
        })),
        // The model's own text contains no prompt attack, and AWS accepts only NONE here.
        { type: 'PROMPT_ATTACK', inputStrength: promptAttack, outputStrength: 'NONE' },
      ],
      contentFiltersTierConfig: { tierName: tier },
    },
    ...((mask.length > 0 || block.length > 0) && {
      sensitiveInformationPolicyConfig: {
        piiEntitiesConfig: [
          ...mask.map((type) => ({ type, ...both('ANONYMIZE') })),
          ...block.map((type) => ({ type, ...both('BLOCK') })),
        ],
      },
    }),
    ...(topics.length > 0 && {
      topicPolicyConfig: {
        topicsConfig: topics.map((topic) => ({ ...topic, type: 'DENY' })),
        topicsTierConfig: { tierName: tier },
      },
    }),
    ...((policy.profanity || words.length > 0) && {
      wordPolicyConfig: {
        ...(policy.profanity && { managedWordListsConfig: [{ type: 'PROFANITY' }] }),
        ...(words.length > 0 && { wordsConfig: words.map((text) => ({ text })) }),
      },
    }),
  }
}
