import { readModelId } from '../../settings/inference-profile.ts'
import { rerankModelOf } from '../../settings/placement.ts'
import type { Guide } from '../terminal/context.ts'
import { type Found, unexpected } from '../terminal/findings.ts'
import { CommandFailed, type Tools } from '../terminal/tools.ts'

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_GetFoundationModelAvailability.html */
interface Availability {
  agreementAvailability: { status: string }
  authorizationStatus: string
  entitlementAvailability: string
  regionAvailability: string
}

interface Details {
  modelDetails: { inferenceTypesSupported?: string[] }
}

const AVAILABLE: Availability = {
  agreementAvailability: { status: 'AVAILABLE' },
  authorizationStatus: 'AUTHORIZED',
  entitlementAvailability: 'AVAILABLE',
  regionAvailability: 'AVAILABLE',
}

/** The model that answers, the one that makes vectors of pages and the one that orders passages, each in its region. */
export async function checkModels(guide: Guide): Promise<Found[]> {
  const { sections, placement, tools } = guide
  const { embedding, bases } = sections.knowledge
  const rerankModel = rerankModelOf(sections.knowledge)
  const target = readModelId(sections.model.id)
  const made = bases.some(({ source }) => source !== 'existing')
  const asked = `model.id ${sections.model.id}`
  const embedded = `knowledge.embedding.model ${embedding.model}`
  const found = await Promise.all([
    target.kind === 'foundation'
      ? checkOnDemand(tools, asked, target.model, placement.model)
      : checkProfile(tools, target.profile, placement.model),
    checkModel(tools, asked, target.model, placement.model),
    made ? checkOnDemand(tools, embedded, embedding.model, placement.knowledge) : [],
    made ? checkModel(tools, embedded, embedding.model, placement.knowledge) : [],
    rerankModel
      ? checkModel(tools, `knowledge.rerankModel ${rerankModel}`, rerankModel, placement.knowledge)
      : [],
  ])
  return found.flat()
}

/** S3 Vectors is not everywhere, and a CLI that is too old does not know it. */
export async function checkVectors({ sections, placement, tools }: Guide): Promise<Found[]> {
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
    return [{ well: `S3 Vectors is in ${region}` }]
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error
    if (/invalid choice/i.test(error.said))
      return [{ inTheWay: 'This AWS CLI is too old to know S3 Vectors. Install the newest version 2.' }]
    if (/Could not connect to the endpoint/i.test(error.said)) {
      return [
        {
          inTheWay: `S3 Vectors is not in ${region}. Choose another knowledge.region in assistant.config.ts.`,
        },
      ]
    }
    return [{ inTheWay: unexpected(`Whether S3 Vectors is in ${region}`, error) }]
  }
}

async function checkProfile(tools: Tools, profile: string, region: string): Promise<Found[]> {
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
            inTheWay: `model.id ${profile} is ${status} in ${region}. Choose another in assistant.config.ts.`,
          },
        ]
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error
    if (!/ResourceNotFound|ValidationException/.test(error.said))
      return [{ inTheWay: unexpected(`Whether ${profile} is in ${region}`, error) }]
    return [
      {
        inTheWay: `model.id ${profile} is not in ${region}. Choose another model or model.region in assistant.config.ts.`,
      },
    ]
  }
}

/**
 * Newer models are there and allowed, and yet not to be called by their own id.
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_FoundationModelDetails.html
 */
async function checkOnDemand(tools: Tools, what: string, model: string, region: string): Promise<Found[]> {
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
    const pretended: Details = { modelDetails: { inferenceTypesSupported: ['ON_DEMAND'] } }
    const { modelDetails } = await tools.read({ tool: 'aws', args }, pretended)
    if (modelDetails.inferenceTypesSupported?.includes('ON_DEMAND')) return []
    const instead = `only through an inference profile, whose id has a part of the world in front, such as us.${model}`
    return [
      {
        inTheWay: `${what} is not called by its own id in ${region}, ${instead}. Choose another in assistant.config.ts.`,
      },
    ]
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error
    // Whether it is there at all, checkModel says.
    return /ResourceNotFound|ValidationException/.test(error.said)
      ? []
      : [{ inTheWay: unexpected(`How ${what} is called`, error) }]
  }
}

async function checkModel(tools: Tools, what: string, model: string, region: string): Promise<Found[]> {
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
    const seen = await tools.read({ tool: 'aws', args }, AVAILABLE)
    if (seen.regionAvailability !== 'AVAILABLE') return [{ inTheWay: `${what} is not in ${region}.` }]
    const allowed =
      seen.authorizationStatus === 'AUTHORIZED' &&
      seen.entitlementAvailability === 'AVAILABLE' &&
      // Amazon's own models know no agreement.
      (model.startsWith('amazon.') || seen.agreementAvailability.status === 'AVAILABLE')
    const form = model.startsWith('anthropic.') ? await checkForm(tools, region, allowed) : []
    if (allowed) return [{ well: `${what} may be called in ${region}` }, ...form]
    return form.some((one) => 'inTheWay' in one) ? form : [...form, { inTheWay: openIt(what, region) }]
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error
    if (!/ResourceNotFound|ValidationException/.test(error.said))
      return [{ inTheWay: unexpected(`Whether ${what} may be called`, error) }]
    return [{ inTheWay: `${what} is not in ${region}. Choose another in assistant.config.ts.` }]
  }
}

/** The form that Anthropic wants once of each account, or of an organization for all of its accounts: then this account knows of none. */
async function checkForm(tools: Tools, region: string, allowed: boolean): Promise<Found[]> {
  try {
    await tools.call({
      tool: 'aws',
      args: ['bedrock', 'get-use-case-for-model-access', '--region', region, '--output', 'json'],
    })
    return []
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error
    if (!error.said.includes('ResourceNotFound'))
      return [{ note: unexpected("Whether Anthropic's use-case form was sent", error) }]
    const send = `Open any of Anthropic's models in ${catalog(region)} and send the form.`
    return allowed
      ? [
          {
            note: `This account has not sent Anthropic's use-case form. Unless your organization has, calls will be refused. ${send}`,
          },
        ]
      : [
          {
            inTheWay: `This account has not sent Anthropic's use-case form, and may not call its models. ${send}`,
          },
        ]
  }
}

function openIt(what: string, region: string): string {
  return `${what} may not be called by this account yet. Open it once in ${catalog(region)} as somebody who may subscribe in the AWS Marketplace.`
}

function catalog(region: string): string {
  return `https://${region}.console.aws.amazon.com/bedrock/home?region=${region}#/model-catalog`
}
