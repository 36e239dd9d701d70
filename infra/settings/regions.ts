// Availability in regions, from the documentation of AWS in November 2026. Add a line if AWS adds a region.

/**
 * `from`: regions in which the profile can be called. `to`: regions that may do the work, always including
 * the caller's.
 */
interface Routing {
  from: readonly string[]
  to: readonly string[]
}

/**
 * Prefixes of inference profiles. The profile of a single model may have fewer regions: see the page of the
 * model.
 * https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html
 */
export const GEOGRAPHIES = {
  us: {
    from: ['us-east-1', 'us-east-2', 'us-west-1', 'us-west-2', 'ca-central-1'],
    to: ['us-east-1', 'us-east-2', 'us-west-2'],
  },
  eu: {
    from: ['eu-central-1', 'eu-north-1', 'eu-south-1', 'eu-south-2', 'eu-west-1', 'eu-west-3'],
    to: ['eu-central-1', 'eu-north-1', 'eu-south-1', 'eu-south-2', 'eu-west-1', 'eu-west-3'],
  },
  jp: { from: ['ap-northeast-1', 'ap-northeast-3'], to: ['ap-northeast-1', 'ap-northeast-3'] },
  au: { from: ['ap-southeast-2', 'ap-southeast-4'], to: ['ap-southeast-2', 'ap-southeast-4'] },
  apac: {
    from: [
      'ap-northeast-1',
      'ap-northeast-2',
      'ap-northeast-3',
      'ap-south-1',
      'ap-south-2',
      'ap-southeast-1',
      'ap-southeast-2',
    ],
    to: [
      'ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3', 'ap-south-1', 'ap-south-2',
      'ap-southeast-1', 'ap-southeast-2', 'ap-southeast-3', 'ap-southeast-4',
    ], // biome-ignore format: a list
  },
} as const satisfies Record<string, Routing>
export type Geography = keyof typeof GEOGRAPHIES

/**
 * Guardrail profiles, which the STANDARD tier needs. Sydney has two; the one that stays in Australia comes
 * first.
 * https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-cross-region-support.html
 */
export const GUARDRAIL_PROFILES: Readonly<Record<string, Routing>> = {
  'us.guardrail.v1:0': {
    from: ['us-east-1', 'us-east-2', 'us-west-1', 'us-west-2'],
    to: ['us-east-1', 'us-east-2', 'us-west-2'],
  },
  'ca.guardrail.v1:0': { from: ['ca-central-1'], to: ['ca-central-1', 'ca-west-1'] },
  'uk.guardrail.v1:0': { from: ['eu-west-2'], to: ['eu-west-2'] },
  'eu.guardrail.v1:0': {
    from: ['eu-central-1', 'eu-north-1', 'eu-south-1', 'eu-south-2', 'eu-west-1', 'eu-west-3'],
    to: ['eu-central-1', 'eu-north-1', 'eu-south-1', 'eu-south-2', 'eu-west-1', 'eu-west-3'],
  },
  'au.guardrail.v1:0': { from: ['ap-southeast-2'], to: ['ap-southeast-2'] },
  'apac.guardrail.v1:0': {
    from: ['ap-northeast-1', 'ap-northeast-2', 'ap-south-1', 'ap-southeast-1'],
    to: [
      'ap-northeast-1',
      'ap-northeast-2',
      'ap-northeast-3',
      'ap-south-1',
      'ap-southeast-1',
      'ap-southeast-2',
    ],
  },
}

/** https://docs.aws.amazon.com/bedrock/latest/userguide/rerank-supported.html */
export const RERANK_MODELS: ReadonlyMap<string, readonly string[]> = new Map([
  ['amazon.rerank-v1:0', ['ap-northeast-1', 'ca-central-1', 'eu-central-1', 'us-west-2']],
  ['cohere.rerank-v3-5:0', ['ap-northeast-1', 'ca-central-1', 'eu-central-1', 'us-east-1', 'us-west-2']],
])

/** All regions to which Bedrock may send a request from `source`. */
export function destinations({ to }: Routing, source: string): string[] {
  return [...new Set([source, ...to])].sort()
}

/** The guardrail profile of a region. Undefined if it has none. */
export function guardrailProfile(region: string): { id: string; destinations: string[] } | undefined {
  const found = Object.entries(GUARDRAIL_PROFILES).find(([, { from }]) => from.includes(region))
  return found && { id: found[0], destinations: destinations(found[1], region) }
}
