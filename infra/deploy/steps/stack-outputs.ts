import { stackName } from '../../settings/placement.ts'
import type { DeployContext } from '../terminal/context.ts'
import { CommandFailed } from '../terminal/tools.ts'

interface StackDescription {
  Stacks: { Outputs?: { OutputKey: string; OutputValue: string }[] }[]
}

/** What the stack of a region said when it was deployed, the functions' unless another is named. Undefined where there is none. */
export async function readStackOutputs(
  { tools, placement }: Pick<DeployContext, 'tools' | 'placement'>,
  region = placement.home,
): Promise<Record<string, string> | undefined> {
  const name = stackName(region, placement.home)
  const args = [
    'cloudformation',
    'describe-stacks',
    '--stack-name',
    name,
    '--region',
    region,
    '--output',
    'json',
  ]
  try {
    const { Stacks } = await tools.read<StackDescription>({ tool: 'aws', args }, { Stacks: [] })
    return Object.fromEntries(
      Stacks.flatMap(({ Outputs = [] }) =>
        Outputs.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]),
      ),
    )
  } catch (error) {
    if (error instanceof CommandFailed && error.details.includes('does not exist')) return undefined
    throw error
  }
}
