import { readModelId } from '../../settings/inference-profile.ts'
import { rerankModelOf } from '../../settings/placement.ts'
import type { DeployContext } from '../terminal/context.ts'
import { checkFailed, type Finding } from '../terminal/findings.ts'
import { CommandFailed, type Tools } from '../terminal/tools.ts'

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_GetFoundationModelAvailability.html */
export interface Availability {
  agreementAvailability: { status: string }
  authorizationStatus: string
  entitlementAvailability: string
  regionAvailability: string
}

interface ModelDetails {
  modelDetails: { inferenceTypesSupported?: string[] }
}

const DRY_RUN_AVAILABILITY: Availability = {
  agreementAvailability: { status: 'AVAILABLE' },
  authorizationStatus: 'AUTHORIZED',
  entitlementAvailability: 'AVAILABLE',
  regionAvailability: 'AVAILABLE',
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

/** S3 Vectors is not in every region, and an old AWS CLI has no command for it. */
export async function checkVectors({ sections, placement, tools }: DeployContext): Promise<Finding[]> {
  if (!sections.knowledge.bases.some(({ source }) => source !== 'existing')) return []
  const region = placement.knowledge
  const args = [
    's3vectors',
    'list-vector-buckets',
    '--max-items',
    '1',
    '--region',
    region,
    '--output',
    'json',
  ]
  try {
    await tools.call({ tool: 'aws', args })
    return [{ kind: 'ok', message: `S3 Vectors is available in ${region}` }]
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error
    if (/invalid choice/i.test(error.details))
      return [
        {
          kind: 'error',
          message: 'This AWS CLI is too old for S3 Vectors. Install the latest version 2.',
        },
      ]
    if (/Could not connect to the endpoint/i.test(error.details)) {
      return [
        {
          kind: 'error',
          message: `S3 Vectors is not available in ${region}. Choose another knowledge.region in assistant.config.ts.`,
        },
      ]
    }
    return [{ kind: 'error', message: checkFailed(`whether S3 Vectors is available in ${region}`, error) }]
  }
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

async function checkModel(tools: Tools, what: string, model: string, region: string): Promise<Finding[]> {
  const args = [
    'bedrock',
    'get-foundation-model-availability',
    '--model-id',
    model,
    '--region',
    region,
    '--output',
    'json',
  ]
  try {
    const availability = await tools.read({ tool: 'aws', args }, DRY_RUN_AVAILABILITY)
    if (availability.regionAvailability !== 'AVAILABLE')
      return [
        {
          kind: 'error',
          message: `${what} is not available in ${region}. Choose another model in assistant.config.ts.`,
        },
      ]
    const allowed =
      availability.authorizationStatus === 'AUTHORIZED' &&
      availability.entitlementAvailability === 'AVAILABLE' &&
      // Amazon's own models need no agreement.
      (model.startsWith('amazon.') || availability.agreementAvailability.status === 'AVAILABLE')
    const form = model.startsWith('anthropic.') ? await checkForm(tools, region, allowed) : []
    if (allowed) return [{ kind: 'ok', message: `${what} can be called in ${region}` }, ...form]
    return form.some((one) => one.kind === 'error')
      ? form
      : [...form, { kind: 'error', message: openModelHint(what, region) }]
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error
    if (!/ResourceNotFound|ValidationException/.test(error.details))
      return [{ kind: 'error', message: checkFailed(`whether ${what} can be called`, error) }]
    return [
      {
        kind: 'error',
        message: `${what} is not available in ${region}. Choose another model in assistant.config.ts.`,
      },
    ]
  }
}

/**
 * Anthropic wants its use-case form once from each account, or once from an organization for all of its
 * accounts. In the second case this account knows of no form.
 */
async function checkForm(tools: Tools, region: string, allowed: boolean): Promise<Finding[]> {
  try {
    await tools.call({
      tool: 'aws',
      args: ['bedrock', 'get-use-case-for-model-access', '--region', region, '--output', 'json'],
    })
    return []
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error
    if (!error.details.includes('ResourceNotFound'))
      return [{ kind: 'warning', message: checkFailed("whether Anthropic's use-case form was sent", error) }]
    const send = `To send it, open any of Anthropic's models in ${catalog(region)}.`
    return allowed
      ? [
          {
            kind: 'warning',
            message: `This account has not sent Anthropic's use-case form. Unless your organization has sent it, calls will be refused. ${send}`,
          },
        ]
      : [
          {
            kind: 'error',
            message: `This account has not sent Anthropic's use-case form, so it cannot call Anthropic's models. ${send}`,
          },
        ]
  }
}

function openModelHint(what: string, region: string): string {
  return `This account cannot call ${what} yet. Open the model once in ${catalog(region)}, as a user who may subscribe in the AWS Marketplace.`
}

function catalog(region: string): string {
  return `https://${region}.console.aws.amazon.com/bedrock/home?region=${region}#/model-catalog`
}
