import { checkFailed, type Finding } from '../terminal/findings.ts'
import { CommandFailed, type Tools } from '../terminal/tools.ts'

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_GetFoundationModelAvailability.html */
export interface Availability {
  agreementAvailability: { status: string }
  authorizationStatus: string
  entitlementAvailability: string
  regionAvailability: string
}

const DRY_RUN_AVAILABILITY: Availability = {
  agreementAvailability: { status: 'AVAILABLE' },
  authorizationStatus: 'AUTHORIZED',
  entitlementAvailability: 'AVAILABLE',
  regionAvailability: 'AVAILABLE',
}

/** Checks that the model exists in the region and that this account may call it. `what` names the setting. */
export async function checkModel(
  tools: Tools,
  what: string,
  model: string,
  region: string,
): Promise<Finding[]> {
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
