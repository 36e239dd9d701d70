import { openContext } from '../deploy/open-context.ts'
import { preflight } from '../deploy/preflight/preflight.ts'
import { writeConfluenceCredentials } from '../deploy/steps/confluence.ts'
import { createQueues } from '../deploy/steps/queues.ts'
import { connectSlack } from '../deploy/steps/slack-app.ts'
import { deployStacks } from '../deploy/steps/stacks.ts'
import { syncKnowledge } from '../deploy/steps/sync.ts'
import { deployWorker } from '../deploy/steps/worker.ts'
import { readCliOptions } from '../deploy/terminal/cli-options.ts'
import type { DeployContext } from '../deploy/terminal/context.ts'
import { runProgram } from '../deploy/terminal/program.ts'
import { UserError } from '../settings/user-error.ts'

const HELP = `npm run deploy [-- options]

Deploys the assistant from this folder to your AWS account, your Cloudflare account and your Slack workspace. It checks
everything first and asks for what is missing. You can run it again at any time: finished steps are skipped.

  --dry-run               print the commands and run none
  --yes                   do not ask whether to deploy
  --confluence-user MAIL  the Confluence user whose pages are ingested
  --slack-app ID          an existing app in Slack, or "new"

Type secrets in the terminal, which does not show them, or set the variables CONFLUENCE_API_TOKEN,
SLACK_SIGNING_SECRET and SLACK_BOT_TOKEN. Other variables: CLOUDFLARE_API_TOKEN, CLOUDFLARE_ACCOUNT_ID, and those of
the AWS CLI, such as AWS_PROFILE.`

/** `open` creates what the steps work with; tests have one of their own. */
export async function deployCommand(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  open = openContext,
): Promise<void> {
  const options = readCliOptions(args, env, ['help', 'dry-run', 'yes', 'confluence-user', 'slack-app'])
  if (options.help) console.log(HELP)
  else await deploy(open(options))
}

/** The steps of a deployment, in order. Each skips what an earlier run has done. */
async function deploy(initial: DeployContext): Promise<void> {
  const ready = await preflight(initial)
  const context = { ...initial, tools: ready.tools }
  const { sections, options, prompts, output } = context
  const place = `AWS account ${ready.awsAccount} and Cloudflare account ${ready.cloudflareAccount}`
  if (!options.yes)
    await prompts.confirm({
      message: `Deploy ${sections.identity.name} to ${place}?`,
      setBy: '--yes',
      defaultAnswer: 'yes',
    })

  const outputs = await deployStacks(context, ready.reserve)
  const changedBases = await writeConfluenceCredentials(context, outputs)
  const syncErrors = await syncKnowledge(context, outputs, changedBases)
  await createQueues(context)
  const edgeUrl = await deployWorker(context, outputs)
  await connectSlack(context, outputs, edgeUrl)

  output.step(syncErrors.length === 0 ? 'Done' : 'Done, except for the ingestion')
  output.print(
    `  Invite @${sections.identity.name} to a channel and mention it, or send it a direct message.`,
  )
  output.print(`  Dashboard: ${outputs.dashboardUrl}`)
  if (sections.deployment.alarmEmail !== '')
    output.print(
      `  Alarms go to ${sections.deployment.alarmEmail}, once the mail from AWS is confirmed there.`,
    )
  else
    output.warning(
      `No one is subscribed to alarms: set deployment.alarmEmail, or subscribe someone to ${outputs.alarmTopicArn}`,
    )
  if (syncErrors.length > 0) throw new UserError(syncErrors.join('\n'))
}

if (import.meta.main) await runProgram(() => deployCommand(process.argv.slice(2), process.env))
