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

Brings the assistant from this folder into your AWS account, your Cloudflare account and your Slack workspace. It looks
at everything first, asks what it must, and can be given again at any time: what is done is found done.

  --dry-run               print the commands, run none
  --yes                   do not ask whether to deploy
  --confluence-user MAIL  the user as whom Confluence is read
  --slack-app ID          an app that is there already; "new" for one that is not

Secrets come from the terminal, where they are not shown, or from the variables CONFLUENCE_API_TOKEN,
SLACK_SIGNING_SECRET and SLACK_BOT_TOKEN. Other variables: AWS_PROFILE and its kin, CLOUDFLARE_API_TOKEN,
CLOUDFLARE_ACCOUNT_ID.`

/** `open` gives what the steps work with. */
export async function deployCommand(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  open = openContext,
): Promise<void> {
  const options = readCliOptions(args, env, ['help', 'dry-run', 'yes', 'confluence-user', 'slack-app'])
  if (options.help) console.log(HELP)
  else await deploy(open(options))
}

/** The order of a deployment. Each step finds what it did before. */
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

  output.step(syncErrors.length === 0 ? 'Done' : 'Done, but for what could not be read')
  output.print(
    `  Invite @${sections.identity.name} to a channel and mention it, or write it a direct message.`,
  )
  output.print(`  How it is doing: ${outputs.dashboardUrl}`)
  if (sections.deployment.alarmEmail !== '')
    output.print(`  ${sections.deployment.alarmEmail} has to confirm once that it wants the alarms.`)
  else
    output.warning(
      `Nobody hears of an alarm: set deployment.alarmEmail, or subscribe somebody to ${outputs.alarmTopicArn}`,
    )
  if (syncErrors.length > 0) throw new UserError(syncErrors.join('\n'))
}

if (import.meta.main) await runProgram(() => deployCommand(process.argv.slice(2), process.env))
