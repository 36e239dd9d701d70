import { ANSWER_ALIAS, ANSWER_FUNCTION } from '../../settings/function-names.ts'
import type { Guide } from '../terminal/context.ts'

type Aliasing = Pick<Guide, 'tools' | 'placement'>

const named = ['--function-name', ANSWER_FUNCTION, '--name', ANSWER_ALIAS]

/** Which version of the answering function is invoked. A dry run goes on with `pretended`. */
export async function aliasedVersion({ tools, placement }: Aliasing, pretended: string): Promise<string> {
  const args = ['lambda', 'get-alias', ...named, '--region', placement.home, '--output', 'json']
  return (await tools.read({ tool: 'aws', args }, { FunctionVersion: pretended })).FunctionVersion
}

export async function pointAlias({ tools, placement }: Aliasing, version: string): Promise<void> {
  const args = [
    'lambda',
    'update-alias',
    ...named,
    '--function-version',
    version,
    '--region',
    placement.home,
    '--output',
    'json',
  ]
  await tools.call({ tool: 'aws', args })
}
