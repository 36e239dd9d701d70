import { readModelId } from '../../settings/inference-profile.ts'
import { rerankModelOf } from '../../settings/placement.ts'
import type { DeployContext } from '../terminal/context.ts'
import { checkFailed, type Finding } from '../terminal/findings.ts'
import { CommandFailed, type Tools } from '../terminal/tools.ts'
import { checkModel } from './model-availability.ts'

interface ModelDetails {
  modelDetails: { inferenceTypesSupported?: string[] }
}

/** The answer model, the embedding model and the rerank model, each in its region. */
export async function checkModels(context: DeployContext): Promise<Finding[]> {
  const { sections, placement, tools } = context
  const { embedding, bases } = sections.knowledge
  const rerankModel = rerankModelOf(sections.knowledge)
  const target = readModelId(sections.model.id)
  const createsBase = bases.some(({ source }) => source !== 'existing')
  const modelSetting = `model.id ${sections.model.id}`
  const embeddingSetting = `knowledge.embedding.model ${embedding.model}`
  const findings = await Promise.all([
    target.kind === 'foundation'
      ? checkOnDemand(tools, modelSetting, target.model, placement.model)
      : checkProfile(tools, target.profile, placement.model),
    checkModel(tools, modelSetting, target.model, placement.model),
    createsBase ? checkOnDemand(tools, embeddingSetting, embedding.model, placement.knowledge) : [],
    createsBase ? checkModel(tools, embeddingSetting, embedding.model, placement.knowledge) : [],
    rerankModel
      ? checkModel(tools, `knowledge.rerankModel ${rerankModel}`, rerankModel, placement.knowledge)
      : [],
  ])
  return findings.flat()
}

async function checkProfile(tools: Tools, profile: string, region: string): Promise<Finding[]> {
  const args = [
    'bedrock',
    'get-inference-profile',
    '--inference-profile-identifier',
    profile,
    '--region',
    region,
    '--output',
    'json',
  ]
  try {
    const { status } = await tools.read({ tool: 'aws', args }, { status: 'ACTIVE' })
    return status === 'ACTIVE'
      ? []
      : [
          {
            kind: 'error',
            message: `model.id ${profile} has the status ${status} in ${region}. Choose another model in assistant.config.ts.`,
          },
        ]
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error
    if (!/ResourceNotFound|ValidationException/.test(error.details))
      return [{ kind: 'error', message: checkFailed(`whether ${profile} is available in ${region}`, error) }]
    return [
      {
        kind: 'error',
        message: `model.id ${profile} is not available in ${region}. Choose another model or model.region in assistant.config.ts.`,
      },
    ]
  }
}

/**
 * Newer models can be available and allowed and still refuse calls by their own id.
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_FoundationModelDetails.html
 */
async function checkOnDemand(tools: Tools, what: string, model: string, region: string): Promise<Finding[]> {
  const args = [
    'bedrock',
    'get-foundation-model',
    '--model-identifier',
    model,
    '--region',
    region,
    '--output',
    'json',
  ]
  try {
    const dryRunValue: ModelDetails = { modelDetails: { inferenceTypesSupported: ['ON_DEMAND'] } }
    const { modelDetails } = await tools.read({ tool: 'aws', args }, dryRunValue)
    if (modelDetails.inferenceTypesSupported?.includes('ON_DEMAND')) return []
    const profile = `an inference profile, whose id begins with a geography, such as us.${model}`
    return [
      {
        kind: 'error',
        message: `${what} cannot be called by its own id in ${region}, only through ${profile}. Choose another id in assistant.config.ts.`,
      },
    ]
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error
    // checkModel reports a model that does not exist.
    return /ResourceNotFound|ValidationException/.test(error.details)
      ? []
      : [{ kind: 'error', message: checkFailed(`whether ${what} can be called by its own id`, error) }]
  }
}
