import { openContext } from '../deploy/open-context.ts'
import { logIn } from '../deploy/preflight/log-in.ts'
import { pointAlias, readAliasVersion } from '../deploy/steps/alias.ts'
import {
  type EarlierRelease,
  findEarlierRelease,
  releaseOf,
  secretChangedMessage,
  type WorkerVersion,
} from '../deploy/steps/earlier-release.ts'
import { readStackOutputs } from '../deploy/steps/stack-outputs.ts'
import { readCliOptions } from '../deploy/terminal/cli-options.ts'
import type { DeployContext } from '../deploy/terminal/context.ts'
import { runProgram } from '../deploy/terminal/program.ts'
import { ANSWER_FUNCTION } from '../settings/function-names.ts'
import { UserError } from '../settings/user-error.ts'

const HELP = `npm run rollback [-- options]

Puts both tiers back by one release: the Worker, and the version of the Lambda function that it was deployed with.
Everything else in AWS stays as it is. To go forward again, deploy.

  --dry-run  print the commands and run none
  --yes      do not ask first`

/** `open` creates what the steps work with; tests have one of their own. */
export async function rollbackCommand(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  open = openContext,
): Promise<void> {
  const options = readCliOptions(args, env, ['help', 'dry-run', 'yes'])
  if (options.help) return console.log(HELP)
  const start = open(options)
  await rollback({ ...start, tools: (await logIn(start)).tools })
}

/** The Worker goes back first: the newer function understands what an older Worker sends. */
async function rollback(context: DeployContext): Promise<void> {
  const { tools, options, prompts, output } = context
  const { versions, liveId } = await readVersions(context)
  const live = releaseOf(versions, liveId)
  const aliasVersion = await readAliasVersion(context, live.answerVersion)
  if (aliasVersion !== live.answerVersion) {
    // An earlier rollback or deployment stopped between the tiers. Another step back would leave them apart.
    output.warning(
      `${ANSWER_FUNCTION} is at version ${aliasVersion}, but the Worker was deployed with version ${live.answerVersion}`,
    )
    await pointAlias(context, live.answerVersion)
    return output.ok('Both tiers are at the same release again. To go back one more, run the command again.')
  }
  const earlier = findEarlierRelease(versions, liveId)
  await checkEdgeKey(context, earlier)
  await checkVersion(context, earlier.release.answerVersion)
  const what = `the Worker of ${earlier.createdOn} and version ${earlier.release.answerVersion} of ${ANSWER_FUNCTION}`
  if (!options.yes)
    await prompts.confirm({ message: `Go back to ${what}?`, setBy: '--yes', defaultAnswer: 'no' })
  await tools.call({
    tool: 'wrangler',
    args: ['rollback', earlier.versionId, '--message', 'npm run rollback', '--yes'],
  })
  output.ok(`The Worker is at its version of ${earlier.createdOn}`)
  await pointAlias(context, earlier.release.answerVersion)
  output.ok(`${ANSWER_FUNCTION} is at version ${earlier.release.answerVersion}`)
}

async function readVersions({
  tools,
}: DeployContext): Promise<{ versions: WorkerVersion[]; liveId: string }> {
  const live = await tools.read<{ versions: { version_id: string; percentage: number }[] }>(
    { tool: 'wrangler', args: ['deployments', 'status', '--json'] },
    { versions: [{ version_id: '<live>', percentage: 100 }] },
  )
  const [only, ...others] = live.versions
  if (!only || others.length > 0)
    throw new UserError(
      'Several versions of the Worker share its requests. Give all of them to one version first, with "npx wrangler versions deploy".',
    )
  const dryRunValue: WorkerVersion[] = ['<earlier>', '<live>'].map((id, index) => ({
    id,
    metadata: { created_on: '<date>' },
    annotations: { 'workers/tag': `${'0'.repeat(12)}.${index + 1}` },
  }))
  return {
    versions: await tools.read({ tool: 'wrangler', args: ['versions', 'list', '--json'] }, dryRunValue),
    liveId: only.version_id,
  }
}

/** Fails before anything is changed if somebody has deleted the version by hand. */
async function checkVersion({ tools, placement }: DeployContext, version: string): Promise<void> {
  const function_ = ['--function-name', ANSWER_FUNCTION, '--qualifier', version]
  await tools.call({
    tool: 'aws',
    args: [
      'lambda',
      'get-function-configuration',
      ...function_,
      '--region',
      placement.home,
      '--output',
      'json',
    ],
  })
}

/** An earlier version of the Worker uses the AWS key that it was deployed with. */
async function checkEdgeKey(context: DeployContext, { createdOn }: EarlierRelease): Promise<void> {
  const { tools, placement } = context
  const arn = (await readStackOutputs(context))?.EdgeKeySecretArn ?? '<EdgeKeySecretArn>'
  const args = [
    'secretsmanager',
    'list-secret-version-ids',
    '--secret-id',
    arn,
    '--region',
    placement.home,
    '--output',
    'json',
  ]
  const { Versions } = await tools.read<{
    Versions: { VersionStages?: string[]; CreatedDate: string | number }[]
  }>({ tool: 'aws', args }, { Versions: [] })
  const current = Versions.find(({ VersionStages }) => VersionStages?.includes('AWSCURRENT'))
  if (current && toEpochMs(current.CreatedDate) > Date.parse(createdOn))
    throw new UserError(secretChangedMessage("The edge's AWS key"))
}

/** Version 2 of the AWS CLI prints a date, version 1 prints seconds since the epoch. */
function toEpochMs(date: string | number): number {
  return typeof date === 'number' ? date * 1000 : Date.parse(date)
}

if (import.meta.main) await runProgram(() => rollbackCommand(process.argv.slice(2), process.env))
