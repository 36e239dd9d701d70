import type { Guide } from './guide.ts'

/** As infra/answerer.ts names both; a test holds that. */
export const ANSWER_FUNCTION = 'vera-answer'
const ALIAS = 'live'

type Aliasing = Pick<Guide, 'tools' | 'placement'>

const named = ['--function-name', ANSWER_FUNCTION, '--name', ALIAS]

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
