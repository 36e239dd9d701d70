import type { ConverseStreamCommandInput } from '@aws-sdk/client-bedrock-runtime'
import type { Model } from '../assistant.ts'

/** Members of the request that say whether, and how hard, the model thinks. */
type ThinkingFields = Pick<ConverseStreamCommandInput, 'additionalModelRequestFields' | 'outputConfig'>

type ThinkingOptions = Pick<Model, 'thinking' | 'effort' | 'maxTokens'> & { modelId: string }

/** Claude thinks on its own from the first version on; from the second on, it chooses the length itself. */
const CLAUDE_THINKS_UNASKED = 5
const CLAUDE_ADAPTIVE = 4.6

/** Thinking cannot be switched off in these. */
const CLAUDE_ALWAYS_THINKS = /claude-(sonnet-5-5|mythos|fable)/

/** Bedrock accepts no smaller budget. It must be smaller than maxTokens. */
const LEAST_BUDGET_TOKENS = 1_024

/**
 * Each family has its own form. A family that we do not know gets nothing unless the configuration asks for it.
 * https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-extended-thinking.html
 * https://docs.aws.amazon.com/nova/latest/nova2-userguide/extended-thinking.html
 */
export function thinkingFields(options: ThinkingOptions): ThinkingFields {
  const { modelId, thinking = 'off', effort } = options
  if (/amazon\.nova-2/.test(modelId)) return novaFields(thinking, effort)
  const claude = claudeVersion(modelId)
  const thinks = claude === undefined ? undefined : claudeThinking(claude, options)
  // Without thinking Bedrock accepts no effort above `high`.
  const capped = thinking === 'off' && (effort === 'xhigh' || effort === 'max') ? 'high' : effort
  return {
    ...(thinks && { additionalModelRequestFields: { thinking: thinks } }),
    ...(capped && { outputConfig: { effort: capped } }),
  }
}

/** True if the model does not take what we sent about thinking. A new model can have rules of its own. */
export function refusesThinking(error: unknown, sent: ThinkingFields): boolean {
  return (
    error instanceof Error &&
    error.name === 'ValidationException' &&
    Object.keys(sent).length > 0 &&
    /thinking|reasoning|effort|additionalModelRequestFields/i.test(error.message)
  )
}

/** Undefined: the model does by itself what is asked for. */
function claudeThinking(version: number, { modelId, thinking = 'off', maxTokens }: ThinkingOptions) {
  const isUnasked = version >= CLAUDE_THINKS_UNASKED
  if (thinking === 'off')
    return isUnasked && !CLAUDE_ALWAYS_THINKS.test(modelId) ? { type: 'disabled' } : undefined
  if (version >= CLAUDE_ADAPTIVE) return isUnasked ? undefined : { type: 'adaptive' }
  const budget = Math.max(LEAST_BUDGET_TOKENS, Math.floor(maxTokens / 2))
  return budget < maxTokens ? { type: 'enabled', budget_tokens: budget } : undefined
}

function novaFields(thinking: 'off' | 'on', effort: Model['effort']): ThinkingFields {
  if (thinking === 'off') return { additionalModelRequestFields: { reasoningConfig: { type: 'disabled' } } }
  const novaEffort = effort === 'xhigh' || effort === 'max' ? 'high' : (effort ?? 'medium')
  return {
    additionalModelRequestFields: { reasoningConfig: { type: 'enabled', maxReasoningEffort: novaEffort } },
  }
}

/** 5.5 for `us.anthropic.claude-haiku-5-5`, 4.5 for `…-haiku-4-5-20251001-v1:0`; undefined for other models. */
function claudeVersion(modelId: string): number | undefined {
  const [, major, minor = '0'] = /anthropic\.claude-[a-z]+-(\d+)(?:-(\d)(?!\d))?/.exec(modelId) ?? []
  return major === undefined ? undefined : Number(`${major}.${minor}`)
}
