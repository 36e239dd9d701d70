import type { ConverseRequest } from '../converse-request.ts'
import { invalid } from '../refusal.ts'

/** From these versions on, the models refuse a trailing assistant message, and all sampling parameters. */
const NO_PREFILL = 4.6
const NO_SAMPLING = 4.7

/** From these versions on, Claude chooses the length of its thoughts, and refuses a budget for them. */
const ADAPTIVE = 4.6
const NO_BUDGET = 5

/** These cannot be told not to think. */
const ALWAYS_THINKS = /claude-(sonnet-5-5|mythos|fable)/
const LEAST_BUDGET_TOKENS = 1024

/**
 * 5.5 for `us.anthropic.claude-haiku-5-5`, 4.5 for `…-haiku-4-5-20251001-v1:0`. Undefined for an older Claude
 * or any other model.
 */
export function claudeVersion(modelId: string): number | undefined {
  const [, major, minor = '0'] = /anthropic\.claude-[a-z]+-(\d+)(?:-(\d)(?!\d))?/.exec(modelId) ?? []
  return major === undefined ? undefined : Number(`${major}.${minor}`)
}

/**
 * Throws what the model itself refuses. Converse passes it on as a ValidationException that starts with "The
 * model returned the following errors".
 */
export function checkForClaude(
  modelId: string,
  { messages, inferenceConfig = {}, additionalModelRequestFields = {}, outputConfig }: ConverseRequest,
) {
  const version = claudeVersion(modelId)
  if (version === undefined) return
  const refuse = (message: string) => invalid(`The model returned the following errors: ${message}`)

  const asked = {
    temperature: inferenceConfig.temperature,
    top_p: inferenceConfig.topP,
    ...additionalModelRequestFields,
  }
  for (const name of ['temperature', 'top_p', 'top_k'] as const) {
    if (version >= NO_SAMPLING && name in asked && asked[name as keyof typeof asked] !== undefined) {
      throw refuse(`\`${name}\` is deprecated for this model.`)
    }
  }
  if (version >= NO_PREFILL && messages.at(-1)?.role === 'assistant') {
    throw refuse(
      'This model does not support assistant message prefill. The conversation must end with a user message.',
    )
  }

  const { type, budget_tokens: budget } = (additionalModelRequestFields.thinking ?? {}) as {
    type?: string
    budget_tokens?: number
  }
  if (type === 'disabled' && ALWAYS_THINKS.test(modelId))
    throw refuse('thinking: `disabled` is not supported by this model.')
  if (type === 'disabled' && ['xhigh', 'max'].includes(outputConfig?.effort ?? ''))
    throw refuse('effort above `high` requires thinking to be enabled.')
  if (type === 'adaptive' && version < ADAPTIVE)
    throw refuse('adaptive thinking is not supported on this model')
  if (type === 'enabled') {
    if (version >= NO_BUDGET) throw refuse('thinking.type: `enabled` is not supported for this model.')
    if (budget === undefined || budget < LEAST_BUDGET_TOKENS)
      throw refuse(
        `thinking.enabled.budget_tokens: Input should be greater than or equal to ${LEAST_BUDGET_TOKENS}`,
      )
    if (budget >= (inferenceConfig.maxTokens ?? Number.POSITIVE_INFINITY))
      throw refuse('`max_tokens` must be greater than `thinking.budget_tokens`.')
  }
}
