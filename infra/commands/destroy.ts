import { openContext } from '../deploy/open-context.ts'
import { logIn } from '../deploy/preflight/log-in.ts'
import { readStackOutputs } from '../deploy/steps/stack-outputs.ts'
import { type DeployedBase, dryRunBases } from '../deploy/steps/stacks.ts'
import { stopIngestion } from '../deploy/steps/stop-ingestion.ts'
import { readCliOptions } from '../deploy/terminal/cli-options.ts'
import type { DeployContext } from '../deploy/terminal/context.ts'
import { runProgram } from '../deploy/terminal/program.ts'
import { CommandFailed } from '../deploy/terminal/tools.ts'
import { stackRegions } from '../settings/placement.ts'

const HELP = `npm run destroy [-- options]

Removes what "npm run deploy" created, after listing what will remain.

  --dry-run  print the commands and run none
  --yes      do not ask first`

/** `open` creates what the steps work with; tests have one of their own. */
export async function destroyCommand(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  open = openContext,
): Promise<void> {
  const options = readCliOptions(args, env, ['help', 'dry-run', 'yes'])
  if (options.help) return console.log(HELP)
  const start = open(options)
  const accounts = await logIn(start)
  await destroy(
    { ...start, tools: accounts.tools },
    `AWS account ${accounts.awsAccount} and Cloudflare account ${accounts.cloudflareAccount}`,
  )
}

async function destroy(context: DeployContext, place: string): Promise<void> {
  const { sections, options, tools, prompts, state, output } = context
  const outputs = await readStackOutputs(context)
  printPlan(context, outputs?.TurnsTableName)
  if (!options.yes)
    await prompts.confirm({
      message: `Remove ${sections.identity.name} from ${place}?`,
      setBy: '--yes',
      defaultAnswer: 'no',
    })

  output.step('Knowledge')
  await stopIngestion(context, await readDeployedBases(context, outputs))
  output.step('Cloudflare')
  await deleteWorker(context)
  output.step('AWS')
  await deleteExtraKeys(context, outputs?.EdgeCallerUserName)
  await tools.call({ tool: 'cdk', args: ['destroy', '--all', '--force', '--no-notices'], showOutput: true })
  output.ok('The stacks are deleted')
  // The Cloudflare account and the Confluence user stay valid. A Slack app belongs to one Worker.
  state.merge({ slackApp: undefined, movesTo: undefined, manifest: undefined, edgeUrl: undefined })
}

function printPlan(
  { sections, placement, wrangler, output }: DeployContext,
  table: string | undefined,
): void {
  const stacks = stackRegions(sections).join(', ')
  const deletion = `aws dynamodb delete-table --table-name ${table ?? 'TABLE'} --region ${placement.home}`
  output.step('To be removed')
  for (const line of [
    `The Worker ${wrangler.worker} with its secrets, and the queues ${wrangler.queues.join(' and ')} with the questions that are waiting in them.`,
    `The stacks in ${stacks}: functions, alarms, logs, secrets, and the knowledge bases and the guardrail that were created here.`,
  ])
    output.print(`  ${line}`)
  output.step('Will remain')
  for (const line of [
    `The turns table${table ? ` ${table}` : ''}, with the thumbs of the last 90 days. To delete it: ${deletion}`,
    'The key of the failure queues, for the 30 days in which AWS can restore it; and metrics, for as long as CloudWatch keeps them.',
    'What existed before: knowledge bases and guardrails that the configuration calls existing, buckets with documents, and what "cdk bootstrap" created.',
    'The app in Slack, which you can delete on its own page, and the API token of Atlassian, which you can revoke there.',
  ])
    output.print(`  ${line}`)
  output.print('')
}

/** From the outputs of the stack that holds them. Empty if there is no such stack. */
async function readDeployedBases(
  context: DeployContext,
  home: Record<string, string> | undefined,
): Promise<DeployedBase[]> {
  const { tools, placement } = context
  if (tools.dryRun) return dryRunBases(context)
  const outputs =
    placement.knowledge === placement.home ? home : await readStackOutputs(context, placement.knowledge)
  return outputs?.KnowledgeBases === undefined ? [] : JSON.parse(outputs.KnowledgeBases)
}

/** Cloudflare refuses to delete a Worker that reads a queue, and a queue that a Worker writes to. */
async function deleteWorker({ tools, wrangler, output }: DeployContext): Promise<void> {
  const remove = async (args: string[], what: string): Promise<void> => {
    await tools.call({ tool: 'wrangler', args }).catch((error: unknown) => {
      if (error instanceof CommandFailed && /does not exist|No worker consumer|\b10007\b/.test(error.details))
        return
      throw error
    })
    output.ok(what)
  }
  for (const queue of wrangler.consumedQueues) {
    await remove(
      ['queues', 'consumer', 'remove', queue, wrangler.worker],
      `The Worker ${wrangler.worker} no longer reads the queue ${queue}`,
    )
  }
  await remove(['delete', wrangler.worker], `The Worker ${wrangler.worker} is deleted`)
  for (const queue of wrangler.queues)
    await remove(['queues', 'delete', queue], `The queue ${queue} is deleted`)
}

/** A key rotation leaves a key that CloudFormation did not create, and IAM deletes no user that has one. */
async function deleteExtraKeys(context: DeployContext, user: string | undefined): Promise<void> {
  const { tools, placement, output } = context
  if (user === undefined && !tools.dryRun) return
  const name = user ?? '<EdgeCallerUserName>'
  const region = ['--region', placement.home, '--output', 'json']
  const keys = await readAccessKeys(context, name, region)
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
    output.ok(`The access key ${key} of ${name} is deleted`)
  }
}

/** Undefined if the user is gone: the outputs of a half-deleted stack still name it. */
async function readAccessKeys(
  { tools }: DeployContext,
  name: string,
  region: string[],
): Promise<string[] | undefined> {
  const args = ['iam', 'list-access-keys', '--user-name', name, ...region]
  const none: { AccessKeyMetadata: { AccessKeyId: string }[] } = { AccessKeyMetadata: [] }
  try {
    const { AccessKeyMetadata } = await tools.read({ tool: 'aws', args }, none)
    return AccessKeyMetadata.map(({ AccessKeyId }) => AccessKeyId)
  } catch (error) {
    if (error instanceof CommandFailed && error.details.includes('NoSuchEntity')) return undefined
    throw error
  }
}

if (import.meta.main) await runProgram(() => destroyCommand(process.argv.slice(2), process.env))
