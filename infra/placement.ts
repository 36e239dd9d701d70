import { readModelId } from './inference-profile.ts'
import { GEOGRAPHIES, GUARDRAIL_PROFILES, guardrailProfile, RERANK_MODELS } from './regions.ts'
import type { Sections } from './sections.ts'

/** Which region holds what. All three are the same unless the configuration says otherwise. */
export interface Placement {
  home: string
  /** The model and its guardrail: Converse takes a guardrail of its own region only. */
  model: string
  /** The knowledge bases and the rerank model, which one client asks. */
  knowledge: string
}

/** Throws one error that names every region that does not fit, with those that would. */
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
  const wrong: string[] = []
  const fits = (what: string, region: string, would: readonly string[]): void => {
    if (!would.includes(region)) wrong.push(`${what} is not to be had in ${region}, but in ${would.join(', ')}`)
  }

  const target = readModelId(model.id)
  if (target.kind === 'geographic') fits(`model.id ${model.id}`, placement.model, GEOGRAPHIES[target.geography].from)
  if (knowledge.rerankModel !== undefined) {
    const would = RERANK_MODELS[knowledge.rerankModel]
    if (would) fits(`knowledge.rerankModel ${knowledge.rerankModel}`, placement.knowledge, would)
    else wrong.push(`knowledge.rerankModel ${knowledge.rerankModel} is unknown; known are ${Object.keys(RERANK_MODELS).join(', ')}`)
  }
  if (guardrail.source === 'policy' && guardrail.tier === 'STANDARD' && !guardrailProfile(placement.model)) {
    const would = Object.values(GUARDRAIL_PROFILES).flatMap(({ from }) => from)
    fits('guardrail.tier STANDARD', placement.model, would)
  }
  if (wrong.length > 0) throw new Error(`The regions in assistant.config.ts do not fit: ${wrong.join('; ')}.`)
  return placement
}

/** Every region that gets a stack: the functions', and those where a guardrail or knowledge bases are made. */
export function stackRegions(sections: Pick<Sections, 'deployment' | 'model' | 'knowledge' | 'guardrail'>): string[] {
  const placement = placementOf(sections)
  const anyMade = sections.knowledge.bases.some(({ source }) => source !== 'existing')
  const regions = [placement.home, sections.guardrail.source === 'policy' && placement.model, anyMade && placement.knowledge]
  return [...new Set(regions.filter((region) => region !== false))]
}
