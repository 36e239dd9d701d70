import { BOT_EVENTS, BOT_SCOPES, createAppLink, manifestOf } from '../slack-manifest.ts'
import { BotToken, SigningSecret } from './given.ts'
import type { Guide } from './guide.ts'
import { readSecret, writeSecret } from './secret.ts'
import { type Installed, learnInstalled, TokenRefused } from './slack-api.ts'
import type { Outputs } from './stacks.ts'
import { ToMend } from './to-mend.ts'
import { hasSecret } from './worker.ts'

interface SlackSecret {
  botToken: string
  teamId: string
  appId: string
}

/** What CloudFormation writes into the new secret (infra/slack-secret.ts). */
const UNFILLED = 'not-set'

/** The app in Slack: made or changed by the person, and then known to both tiers. Gives whose it is. */
export async function connectSlack(guide: Guide, outputs: Outputs, edgeUrl: string, apiUrl: string): Promise<Installed> {
  const { placement, given, tools, say } = guide
  say.step('Slack')
  const at = { arn: outputs.slackSecretArn, region: placement.home }
  const held = await readSecret<SlackSecret>(tools, at, { botToken: '', teamId: UNFILLED, appId: UNFILLED })
  const isNew = held.appId === UNFILLED || (given.botToken !== undefined && given.botToken !== held.botToken)
  const connected = isNew ? undefined : await stillThere(held, apiUrl)
  if (connected === undefined) await showManifest(guide, edgeUrl)
  await giveSigningSecret(guide)
  const installed = connected ?? (await askForToken(guide, at, held, apiUrl))
  checkScopes(installed)
  guide.memory.remember({ slackApp: installed.appId })
  say.done(`The app ${installed.appId} in ${installed.team} (${installed.teamId})`)
  return installed
}

/** Undefined where the token in the secret is dead, and a new one is wanted. */
async function stillThere({ botToken }: SlackSecret, apiUrl: string): Promise<Installed | undefined> {
  try {
    return await learnInstalled(botToken, apiUrl)
  } catch (error) {
    if (error instanceof TokenRefused) return undefined
    throw error
  }
}

async function showManifest({ sections, given, ask, memory, say }: Guide, edgeUrl: string): Promise<void> {
  const manifest = manifestOf(sections, edgeUrl)
  const known = given.slackApp ?? memory.recall().slackApp
  const app =
    known ??
    (await ask.choose({
      message: 'Is there an app in Slack already?',
      by: '--slack-app',
      options: [
        { value: 'new', label: 'No, I make a new one' },
        { value: 'existing', label: 'Yes, I change one that is there' },
      ],
    }))
  memory.remember({ slackApp: app })
  say.line(`\n${JSON.stringify(manifest, null, 2)}\n`)
  if (app === 'new') {
    say.line('  1. Open this link, choose the workspace and press "Create". The manifest above is filled in:')
    say.line(`     ${createAppLink(manifest)}`)
    return
  }
  const page = app === 'existing' ? 'https://api.slack.com/apps' : `https://api.slack.com/apps/${app}`
  const list = (entries: Record<string, string>): string => Object.keys(entries).join(', ')
  const { event_subscriptions, interactivity } = manifest.settings
  const [command] = manifest.features.slash_commands
  for (const line of [
    `  1. Open the app at ${page}. Put the manifest above in the place of its own under "App Manifest", or change by hand:`,
    `     OAuth & Permissions    Bot Token Scopes: ${list(BOT_SCOPES)}`,
    '     Agents                 on, with the description and the suggested prompts of the manifest; it cannot be switched off again',
    '     App Home               Messages Tab on, and people may write in it',
    `     Slash Commands         ${command.command} to ${command.url}`,
    `     Interactivity          on, to ${interactivity.request_url}`,
    `     Event Subscriptions    Bot Events: ${list(BOT_EVENTS)}`,
    `                            Request URL, last of all and once the signing secret is given below: ${event_subscriptions.request_url}`,
    '     From the change of that URL on this Worker gets what the app got before. To go back, put the old one back.',
  ])
    say.line(line)
}

async function giveSigningSecret(guide: Guide): Promise<void> {
  const { given, tools, ask, say } = guide
  // Given beforehand, it was deployed with the Worker.
  if (given.signingSecret === undefined && !(await hasSecret(guide, 'SLACK_SIGNING_SECRET'))) {
    const message = "The app's signing secret, from its page Basic Information"
    const text = await ask.secret({ message, by: 'SLACK_SIGNING_SECRET', schema: SigningSecret })
    await tools.run({ tool: 'wrangler', args: ['secret', 'put', 'SLACK_SIGNING_SECRET'], input: { text, is: 'the signing secret' } })
  }
  say.done('The Worker has the signing secret')
}

async function askForToken(
  { given, tools, ask, say }: Guide,
  at: { arn: string; region: string },
  held: SlackSecret,
  apiUrl: string,
): Promise<Installed> {
  say.line('  2. Under "Event Subscriptions" press "Verify" (or "Retry") beside the Request URL, and see that it says "Verified".')
  say.line('  3. Under "Install App" install it to the workspace.')
  const message = 'Its bot token, which begins with xoxb-, from its page OAuth & Permissions'
  const botToken = given.botToken ?? (await ask.secret({ message, by: 'SLACK_BOT_TOKEN', schema: BotToken }))
  if (tools.dry) for (const method of ['auth.test', 'bots.info']) say.line(`  $ POST ${new URL(method, apiUrl)}`)
  const installed: Installed = tools.dry
    ? { teamId: '<team>', team: '<team>', appId: '<app>', scopes: Object.keys(BOT_SCOPES) }
    : await learnInstalled(botToken, apiUrl)
  const { teamId, appId } = installed
  const secret = { botToken, teamId, appId }
  if (JSON.stringify(secret) !== JSON.stringify({ botToken: held.botToken, teamId: held.teamId, appId: held.appId })) {
    await writeSecret(tools, at, secret)
  }
  return installed
}

/** Slack gives a token what was asked for when the app was installed, and says so with each answer. */
function checkScopes({ scopes, appId }: Installed): void {
  const lacking = Object.keys(BOT_SCOPES).filter((scope) => !scopes.includes(scope))
  if (lacking.length === 0) return
  throw new ToMend(
    `The app may not yet do what it must: add the scopes ${lacking.join(', ')} under ` +
      `https://api.slack.com/apps/${appId}/oauth, install it again, and give the command again.`,
  )
}
