import { stackName } from '../../settings/placement.ts'
import type { DeployContext } from '../terminal/context.ts'
import { CommandFailed } from '../terminal/tools.ts'

interface StackDescription {
  Stacks: { Outputs?: { OutputKey: string; OutputValue: string }[] }[]
}

/**
 * The outputs of the stack in a region, by default the one with the functions. Undefined if there is no
 * stack.
 */
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
