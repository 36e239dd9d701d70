import type { Guide } from './guide.ts'
import { CommandFailed } from './tools.ts'

interface Described {
  Stacks: { Outputs?: { OutputKey: string; OutputValue: string }[] }[]
}

/** What the stack of the functions said when it was deployed. Undefined where there is none. */
export async function readStackOutputs({
  tools,
  placement,
}: Pick<Guide, 'tools' | 'placement'>): Promise<Record<string, string> | undefined> {
  const args = ['cloudformation', 'describe-stacks', '--stack-name', 'Vera', '--region', placement.home, '--output', 'json']
  try {
    const { Stacks } = await tools.read<Described>({ tool: 'aws', args }, { Stacks: [] })
    return Object.fromEntries(Stacks.flatMap(({ Outputs = [] }) => Outputs.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue])))
  } catch (error) {
    if (error instanceof CommandFailed && error.said.includes('does not exist')) return undefined
    throw error
  }
}
