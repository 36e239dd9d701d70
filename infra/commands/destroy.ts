import { openGuide } from '../deploy/open-context.ts'
import { logIn } from '../deploy/preflight/log-in.ts'
import { readStackOutputs } from '../deploy/steps/stack-outputs.ts'
import { type MadeBase, pretendedBases } from '../deploy/steps/stacks.ts'
import { stopReadings } from '../deploy/steps/stop-ingestion.ts'
import { readGiven } from '../deploy/terminal/cli-options.ts'
import type { Guide } from '../deploy/terminal/context.ts'
import { runProgram } from '../deploy/terminal/program.ts'
import { CommandFailed } from '../deploy/terminal/tools.ts'
import { stackRegions } from '../settings/placement.ts'

const HELP = `npm run destroy [-- options]

Removes what "npm run deploy" made, and says before what that is and what stays.

  --dry-run  print the commands, run none
  --yes      do not ask first`

await runProgram(async () => {
  const given = readGiven(process.argv.slice(2), process.env, ['help', 'dry-run', 'yes'])
  if (given.help) return console.log(HELP)
  const start = openGuide(given)
  const logged = await logIn(start)
  await destroy(
    { ...start, tools: logged.tools },
    `AWS account ${logged.awsAccount} and Cloudflare account ${logged.cloudflareAccount}`,
  )
})

async function destroy(guide: Guide, place: string): Promise<void> {
  const { sections, given, tools, ask, memory, say } = guide
  const outputs = await readStackOutputs(guide)
  sayWhatBecomes(guide, outputs?.TurnsTableName)
  if (!given.yes)
    await ask.agree({ message: `Remove ${sections.identity.name} from ${place}?`, by: '--yes', enter: 'no' })

  say.step('Knowledge')
  await stopReadings(guide, await readMadeBases(guide, outputs))
  say.step('Cloudflare')
  await removeWorker(guide)
  say.step('AWS')
  await deleteOtherKeys(guide, outputs?.EdgeCallerUserName)
  await tools.call({ tool: 'cdk', args: ['destroy', '--all', '--force', '--no-notices'], shown: true })
  say.done('The stacks are gone')
  // Accounts and users are still what they were. An app is made for one Worker.
  memory.remember({ slackApp: undefined, movesTo: undefined, manifest: undefined, edgeUrl: undefined })
}

function sayWhatBecomes({ sections, placement, wrangler, say }: Guide, table: string | undefined): void {
  const stacks = stackRegions(sections).join(', ')
  const deletion = `aws dynamodb delete-table --table-name ${table ?? 'TABLE'} --region ${placement.home}`
  say.step('What goes')
  for (const line of [
    `The Worker ${wrangler.worker} with its secrets, and the queues ${wrangler.queues.join(' and ')} with the questions that wait in them.`,
    `The stacks in ${stacks}: functions, alarms, logs, secrets, and the knowledge bases and the guardrail that were made here.`,
  ])
    say.line(`  ${line}`)
  say.step('What stays')
  for (const line of [
    `The turns table${table ? ` ${table}` : ''}, with the thumbs of the last 90 days. To be rid of it: ${deletion}`,
    'The key of the failure queues, for the 30 days in which AWS lets it be taken back, and metrics for as long as CloudWatch keeps them.',
    'What was there before: existing knowledge bases and guardrails, buckets with documents, and what "cdk bootstrap" made.',
    'The app in Slack, which is deleted on its own page, and the API token of Atlassian, which is revoked there.',
  ])
    say.line(`  ${line}`)
  say.line('')
}

/** As the stack says that they are made in. Where there is none, none is read. */
async function readMadeBases(guide: Guide, home: Record<string, string> | undefined): Promise<MadeBase[]> {
  const { tools, placement } = guide
  if (tools.dry) return pretendedBases(guide)
  const outputs =
    placement.knowledge === placement.home ? home : await readStackOutputs(guide, placement.knowledge)
  return outputs?.KnowledgeBases === undefined ? [] : JSON.parse(outputs.KnowledgeBases)
}

/** A Worker that still reads from a queue cannot be deleted, nor can a queue that a Worker still writes to. */
async function removeWorker({ tools, wrangler, say }: Guide): Promise<void> {
  const gone = async (args: string[], what: string): Promise<void> => {
    await tools.call({ tool: 'wrangler', args }).catch((error: unknown) => {
      if (error instanceof CommandFailed && /does not exist|No worker consumer|\b10007\b/.test(error.said))
        return
      throw error
    })
    say.done(`${what} is gone`)
  }
  for (const queue of wrangler.consumed) {
    await gone(
      ['queues', 'consumer', 'remove', queue, wrangler.worker],
      `What ${wrangler.worker} read of ${queue}`,
    )
  }
  await gone(['delete', wrangler.worker], wrangler.worker)
  for (const queue of wrangler.queues) await gone(['queues', 'delete', queue], queue)
}

/** A user with a key that CloudFormation did not make, as a rotation leaves one, could not be removed. */
async function deleteOtherKeys(guide: Guide, user: string | undefined): Promise<void> {
  const { tools, placement, say } = guide
  if (user === undefined && !tools.dry) return
  const name = user ?? '<EdgeCallerUserName>'
  const region = ['--region', placement.home, '--output', 'json']
  const keys = await keysOf(guide, name, region)
  if (keys === undefined) return
  const { StackResources } = await tools.read<{
    StackResources: { ResourceType: string; PhysicalResourceId?: string }[]
  }>(
    { tool: 'aws', args: ['cloudformation', 'describe-stack-resources', '--stack-name', 'Vera', ...region] },
    { StackResources: [] },
  )
  const own = StackResources.find(
    ({ ResourceType }) => ResourceType === 'AWS::IAM::AccessKey',
  )?.PhysicalResourceId
  for (const key of keys.filter((one) => one !== own)) {
    await tools.call({
      tool: 'aws',
      args: ['iam', 'delete-access-key', '--user-name', name, '--access-key-id', key, ...region],
    })
    say.done(`The key ${key} of ${name} is gone`)
  }
}

/** Undefined where there is no such user any more: a stack of which only a part could be removed still says its name. */
async function keysOf({ tools }: Guide, name: string, region: string[]): Promise<string[] | undefined> {
  const args = ['iam', 'list-access-keys', '--user-name', name, ...region]
  const none: { AccessKeyMetadata: { AccessKeyId: string }[] } = { AccessKeyMetadata: [] }
  try {
    const { AccessKeyMetadata } = await tools.read({ tool: 'aws', args }, none)
    return AccessKeyMetadata.map(({ AccessKeyId }) => AccessKeyId)
  } catch (error) {
    if (error instanceof CommandFailed && error.said.includes('NoSuchEntity')) return undefined
    throw error
  }
}
