import { RegionInfo } from 'aws-cdk-lib/region-info'
import { awsLimitViolations } from './aws-limits.ts'
import { readModelId } from './inference-profile.ts'
import { GEOGRAPHIES, GUARDRAIL_PROFILES, guardrailProfile, RERANK_MODELS } from './regions.ts'
import type { Sections } from './sections.ts'
import { UserError } from './user-error.ts'

/** The regions of the parts. All three are the same unless the configuration says otherwise. */
export interface Placement {
  home: string
  /** The region of the model and the guardrail: Converse only takes a guardrail of its own region. */
  model: string
  /** The region of the knowledge bases and the rerank model, which share one client. */
  knowledge: string
}

/** `Vera` in the deployment's region, `Vera-REGION` in another one. */
export function stackName(region: string, home: string): string {
  return region === home ? 'Vera' : `Vera-${region}`
}

/**
 * Throws one UserError that names everything AWS would refuse. For a wrong region, it lists the right ones.
 */
export function placementOf({
  deployment,
  model,
  knowledge,
  guardrail,
}: Pick<Sections, 'deployment' | 'model' | 'knowledge' | 'guardrail'>): Placement {
  const placement = {
    home: deployment.region,
    model: model.region ?? deployment.region,
    knowledge: knowledge.region ?? deployment.region,
  }
  const errors = awsLimitViolations({ knowledge, guardrail })
  const requireRegion = (what: string, region: string, available: readonly string[]): void => {
    if (!available.includes(region))
      errors.push(`${what} is not available in ${region}; choose one of ${available.join(', ')}`)
  }

  for (const region of new Set(Object.values(placement))) {
    if (!RegionInfo.regions.some(({ name }) => name === region))
      errors.push(`the CDK knows no region ${region}`)
  }
  const target = readModelId(model.id)
  if (target.kind === 'geographic')
    requireRegion(`model.id ${model.id}`, placement.model, GEOGRAPHIES[target.geography].from)
  const rerankModel = rerankModelOf(knowledge)
  if (rerankModel !== undefined) {
    const available = RERANK_MODELS.get(rerankModel)
    if (available) requireRegion(`knowledge.rerankModel ${rerankModel}`, placement.knowledge, available)
    else
      errors.push(
        `knowledge.rerankModel ${rerankModel} is unknown; choose one of ${[...RERANK_MODELS.keys()].join(', ')}`,
      )
  }
  if (guardrail.source === 'policy' && guardrail.tier === 'STANDARD' && !guardrailProfile(placement.model)) {
    const available = Object.values(GUARDRAIL_PROFILES).flatMap(({ from }) => from)
    requireRegion('guardrail.tier STANDARD', placement.model, available)
  }
  if (errors.length > 0)
    throw new UserError(
      `AWS would not accept assistant.config.ts. Change these settings: ${errors.join('; ')}.`,
    )
  return placement
}

/**
 * The model that orders passages. Undefined if there is no knowledge base, because then there are no
 * passages.
 */
export function rerankModelOf({ bases, rerankModel }: Sections['knowledge']): string | undefined {
  return bases.length > 0 ? rerankModel : undefined
}

/**
 * The regions that get a stack: the one of the functions, and those in which we create a guardrail or
 * knowledge bases.
 */
export function stackRegions(
  sections: Pick<Sections, 'deployment' | 'model' | 'knowledge' | 'guardrail'>,
): string[] {
  const placement = placementOf(sections)
  const createsBase = sections.knowledge.bases.some(({ source }) => source !== 'existing')
  const regions = [
    placement.home,
    sections.guardrail.source === 'policy' && placement.model,
    createsBase && placement.knowledge,
  ]
  return [...new Set(regions.filter((region) => region !== false))]
}
