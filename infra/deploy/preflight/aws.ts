import { ANSWER_FUNCTION } from '../../settings/function-names.ts'
import { stackRegions } from '../../settings/placement.ts'
import type { DeployContext } from '../terminal/context.ts'
import { checkFailed, type Finding } from '../terminal/findings.ts'
import { CommandFailed } from '../terminal/tools.ts'

/** Lambda keeps this many concurrent executions of an account for functions without a reservation. */
const UNRESERVED_MINIMUM = 100

export interface ConcurrencyCheck {
  reserve: boolean
  finding: Finding
}

/** The CDK must be bootstrapped in every region that gets a stack. */
export async function checkBootstrap({ sections, tools }: DeployContext): Promise<Finding[]> {
  return Promise.all(
    stackRegions(sections).map(async (region): Promise<Finding> => {
      const args = [
        'ssm',
        'get-parameter',
        '--name',
        '/cdk-bootstrap/hnb659fds/version',
        '--region',
        region,
        '--output',
        'json',
      ]
      try {
        const { Parameter } = await tools.read({ tool: 'aws', args }, { Parameter: { Value: '<version>' } })
        return { kind: 'ok', message: `The CDK is bootstrapped in ${region} (version ${Parameter.Value})` }
      } catch (error) {
        if (!(error instanceof CommandFailed)) throw error
        if (!error.details.includes('ParameterNotFound'))
          return {
            kind: 'error',
            message: checkFailed(`whether the CDK is bootstrapped in ${region}`, error),
          }
        return {
          kind: 'error',
          message: `The CDK is not bootstrapped in ${region}. Run "npx cdk bootstrap" once for this account and region.`,
        }
      }
    }),
  )
}

/**
 * A new account may run ten functions at a time and can reserve none. Then we deploy without a reservation.
 */
export async function checkConcurrency({
  sections,
  placement,
  tools,
}: DeployContext): Promise<ConcurrencyCheck> {
  const wanted = sections.deployment.reservedConcurrency
  const region = ['--region', placement.home, '--output', 'json']
  try {
    const settings = { tool: 'aws', args: ['lambda', 'get-account-settings', ...region] } as const
    const { AccountLimit: limit } = await tools.read(settings, {
      AccountLimit: { ConcurrentExecutions: 1000, UnreservedConcurrentExecutions: 1000 },
    })
    const own = await readOwnReservation({ tools }, region)
    if (limit.UnreservedConcurrentExecutions + own - UNRESERVED_MINIMUM >= wanted) {
      return {
        reserve: true,
        finding: { kind: 'ok', message: `Lambda can reserve ${wanted} concurrent executions` },
      }
    }
    const quota =
      limit.ConcurrentExecutions - limit.UnreservedConcurrentExecutions - own + UNRESERVED_MINIMUM + wanted
    const message =
      `Lambda cannot reserve ${wanted} concurrent executions: this account may run ${limit.ConcurrentExecutions} at a time. The ` +
      `deployment goes on without a reservation. To get one, request at least ${quota} for "Concurrent executions" (L-B99A9384) at ` +
      `https://${placement.home}.console.aws.amazon.com/servicequotas/home/services/lambda/quotas/L-B99A9384, and deploy again.`
    return { reserve: false, finding: { kind: 'warning', message } }
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error
    return {
      reserve: true,
      finding: { kind: 'error', message: checkFailed('how much concurrency Lambda can reserve', error) },
    }
  }
}

/** The concurrency that an earlier deployment has reserved. It counts as free. */
async function readOwnReservation(
  { tools }: Pick<DeployContext, 'tools'>,
  region: string[],
): Promise<number> {
  const args = ['lambda', 'get-function-concurrency', '--function-name', ANSWER_FUNCTION, ...region]
  try {
    // Without a reservation, the CLI prints nothing.
    const printed = await tools.call({ tool: 'aws', args })
    return printed.trim() === ''
      ? 0
      : ((JSON.parse(printed) as { ReservedConcurrentExecutions?: number }).ReservedConcurrentExecutions ?? 0)
  } catch (error) {
    if (error instanceof CommandFailed && error.details.includes('ResourceNotFoundException')) return 0
    throw error
  }
}
