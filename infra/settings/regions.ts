// Where AWS has what, as its documentation said in November 2026. AWS adds regions; a line is added here then.

/** Some regions call a service, others do the work. The calling region may always be among the latter. */
interface Routing {
  from: readonly string[]
  to: readonly string[]
}

/**
 * Prefixes of inference profiles. `from` is where a profile can be called, `to` where Bedrock may send the request.
 * The profile of one model may know fewer of them: the page of the model says.
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
 * Guardrail profiles, which the STANDARD tier needs. Sydney has two: the one that stays in Australia comes first.
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

/** Every region to which a request from `source` may be sent. */
export function destinations({ to }: Routing, source: string): string[] {
  return [...new Set([source, ...to])].sort()
}

/** The guardrail profile of a region. Undefined where there is none. */
export function guardrailProfile(region: string): { id: string; destinations: string[] } | undefined {
  const found = Object.entries(GUARDRAIL_PROFILES).find(([, { from }]) => from.includes(region))
  return found && { id: found[0], destinations: destinations(found[1], region) }
}
