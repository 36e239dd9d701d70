import { ANSWER_ALIAS, ANSWER_FUNCTION } from '../../settings/function-names.ts'
import type { DeployContext } from '../terminal/context.ts'

type AliasContext = Pick<DeployContext, 'tools' | 'placement'>

const aliasArgs = ['--function-name', ANSWER_FUNCTION, '--name', ANSWER_ALIAS]

/** The version of the answering function that is live. A dry run returns `dryRunValue`. */
export async function readAliasVersion(
  { tools, placement }: AliasContext,
  dryRunValue: string,
): Promise<string> {
  const args = ['lambda', 'get-alias', ...aliasArgs, '--region', placement.home, '--output', 'json']
  return (await tools.read({ tool: 'aws', args }, { FunctionVersion: dryRunValue })).FunctionVersion
}

export async function pointAlias({ tools, placement }: AliasContext, version: string): Promise<void> {
  const args = [
    'lambda',
    'update-alias',
    ...aliasArgs,
    '--function-version',
    version,
    '--region',
    placement.home,
    '--output',
    'json',
  ]
  await tools.call({ tool: 'aws', args })
}
