import { GEOGRAPHIES, type Geography } from './regions.ts'

/** What a model id names. The model itself is the id without its prefix. */
export type ModelTarget =
  | { kind: 'foundation'; model: string }
  | { kind: 'geographic'; model: string; profile: string; geography: Geography }
  | { kind: 'global'; model: string; profile: string }

/**
 * Reads `us.anthropic.claude-haiku-5-5`, `global.anthropic.…` or `amazon.nova-…`. Throws for a prefix that is not in
 * regions.ts: permissions are given region by region, so the regions behind it must be known.
 */
export function readModelId(id: string): ModelTarget {
  const [prefix = '', ...rest] = id.split('.')
  const model = rest.join('.')
  if (prefix === 'global') return { kind: 'global', model, profile: id }
  if (isGeography(prefix)) return { kind: 'geographic', model, profile: id, geography: prefix }
  // A provider is longer than any prefix: anthropic, amazon, cohere, meta.
  if (prefix.length > 3) return { kind: 'foundation', model: id }
  throw new Error(
    `model.id "${id}" begins with "${prefix}.", and infra/regions.ts does not say which regions that is. ` +
      `It knows ${Object.keys(GEOGRAPHIES).join('., ')}. and global.; AWS's page of the profile has the regions of others.`,
  )
}

function isGeography(prefix: string): prefix is Geography {
  return prefix in GEOGRAPHIES
}
