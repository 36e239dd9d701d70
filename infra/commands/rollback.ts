import { openGuide } from '../deploy/open-context.ts'
import { logIn } from '../deploy/preflight/log-in.ts'
import { aliasedVersion, pointAlias } from '../deploy/steps/alias.ts'
import {
  type Earlier,
  oldSecret,
  releaseOf,
  stepBack,
  type WorkerVersion,
} from '../deploy/steps/earlier-release.ts'
import { readStackOutputs } from '../deploy/steps/stack-outputs.ts'
import { readGiven } from '../deploy/terminal/cli-options.ts'
import type { Guide } from '../deploy/terminal/context.ts'
import { runProgram } from '../deploy/terminal/program.ts'
import { ANSWER_FUNCTION } from '../settings/function-names.ts'
import { ToMend } from '../settings/user-error.ts'

const HELP = `npm run rollback [-- options]

Puts both tiers one release back: the Worker, and the Lambda that it was deployed with. What is in AWS beside the function
stays as it is. To go forward again, deploy.

  --dry-run  print the commands, run none
  --yes      do not ask first`

await runProgram(async () => {
  const given = readGiven(process.argv.slice(2), process.env, ['help', 'dry-run', 'yes'])
  if (given.help) return console.log(HELP)
  const start = openGuide(given)
  await rollBack({ ...start, tools: (await logIn(start)).tools })
})

/** The sender goes back first: what it sends, the newer receiver understands. */
async function rollBack(guide: Guide): Promise<void> {
  const { tools, given, ask, say } = guide
  const { versions, liveId } = await readVersions(guide)
  const live = releaseOf(versions, liveId)
  const aliased = await aliasedVersion(guide, live.answerVersion)
  if (aliased !== live.answerVersion) {
    // An earlier rollback, or a deployment, ended between the tiers. Going on from there would leave them apart.
    say.note(
      `${ANSWER_FUNCTION} is at version ${aliased}, and the Worker was deployed with ${live.answerVersion}`,
    )
    await pointAlias(guide, live.answerVersion)
    return say.done('The tiers are of one release again. To go one further back, give the command again.')
  }
  const earlier = stepBack(versions, liveId)
  await checkEdgeKey(guide, earlier)
  await checkVersion(guide, earlier.release.answerVersion)
  const what = `the Worker of ${earlier.madeOn} and version ${earlier.release.answerVersion} of ${ANSWER_FUNCTION}`
  if (!given.yes) await ask.agree({ message: `Put back ${what}?`, by: '--yes', enter: 'no' })
  await tools.call({
    tool: 'wrangler',
    args: ['rollback', earlier.versionId, '--message', 'npm run rollback', '--yes'],
  })
  say.done(`The Worker is that of ${earlier.madeOn}`)
  await pointAlias(guide, earlier.release.answerVersion)
  say.done(`${ANSWER_FUNCTION} is at version ${earlier.release.answerVersion}`)
}

async function readVersions({ tools }: Guide): Promise<{ versions: WorkerVersion[]; liveId: string }> {
  const live = await tools.read<{ versions: { version_id: string; percentage: number }[] }>(
    { tool: 'wrangler', args: ['deployments', 'status', '--json'] },
    { versions: [{ version_id: '<live>', percentage: 100 }] },
  )
  const [only, ...others] = live.versions
  if (!only || others.length > 0)
    throw new ToMend('Several versions of the Worker share its requests. Settle for one first.')
  const pretended: WorkerVersion[] = ['<earlier>', '<live>'].map((id, index) => ({
    id,
    metadata: { created_on: '<date>' },
    annotations: { 'workers/tag': `${'0'.repeat(12)}.${index + 1}` },
  }))
  return {
    versions: await tools.read({ tool: 'wrangler', args: ['versions', 'list', '--json'] }, pretended),
    liveId: only.version_id,
  }
}

/** Before anything is changed: a version may have been deleted by hand. */
async function checkVersion({ tools, placement }: Guide, version: string): Promise<void> {
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

/** The earlier version of the Worker has the key that it was deployed with. */
async function checkEdgeKey(guide: Guide, { madeOn }: Earlier): Promise<void> {
  const { tools, placement } = guide
  const arn = (await readStackOutputs(guide))?.EdgeKeySecretArn ?? '<EdgeKeySecretArn>'
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
  if (current && milliseconds(current.CreatedDate) > Date.parse(madeOn))
    throw new ToMend(oldSecret("The edge's AWS key"))
}

/** Version 2 of the CLI writes a date, version 1 seconds of the epoch. */
function milliseconds(date: string | number): number {
  return typeof date === 'number' ? date * 1000 : Date.parse(date)
}
