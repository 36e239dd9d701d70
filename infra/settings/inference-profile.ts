import { GEOGRAPHIES, type Geography } from './regions.ts'
import { UserError } from './user-error.ts'

/** The target of a model id. `model` is the id without the prefix. */
export type ModelTarget =
  | { kind: 'foundation'; model: string }
  | { kind: 'geographic'; model: string; profile: string; geography: Geography }
  | { kind: 'global'; model: string; profile: string }

/**
 * Providers, with which model ids begin. Only this list tells `zai.glm-4.7`, a model, from `emea.…`, which
 * could be a geography.
 * https://docs.aws.amazon.com/bedrock/latest/userguide/models-supported.html
 */
const PROVIDERS: readonly string[] = [
  'ai21', 'amazon', 'anthropic', 'cohere', 'deepseek', 'google', 'luma', 'meta', 'minimax', 'mistral', 'moonshot', 'moonshotai', 'nvidia',
  'openai', 'qwen', 'stability', 'twelvelabs', 'writer', 'zai',
] // biome-ignore format: a list

/**
 * Reads `us.anthropic.claude-haiku-5-5`, `global.anthropic.…` or `amazon.nova-…`. Throws UserError if the id
 * begins with neither a provider nor a geography of regions.ts: permissions name each region, so we must know
 * the regions of a prefix.
 */
export function readModelId(id: string): ModelTarget {
  const [beginning = '', ...rest] = id.split('.')
  const model = rest.join('.')
  if (beginning === 'global') return { kind: 'global', model, profile: id }
  if (isGeography(beginning)) return { kind: 'geographic', model, profile: id, geography: beginning }
  if (PROVIDERS.includes(beginning)) return { kind: 'foundation', model: id }
  throw new UserError(
    `model.id "${id}" begins with "${beginning}.", which is neither a geography that infra/settings/regions.ts knows ` +
      `(${Object.keys(GEOGRAPHIES).join('., ')}. and global.), nor a provider that infra/settings/inference-profile.ts knows. ` +
      'If AWS has it, add it there; the page of the inference profile lists its regions.',
  )
}

function isGeography(prefix: string): prefix is Geography {
  return Object.hasOwn(GEOGRAPHIES, prefix)
}
