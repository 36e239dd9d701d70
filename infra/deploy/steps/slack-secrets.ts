import { BOT_SCOPES } from '../../settings/slack-manifest.ts'
import { UserError } from '../../settings/user-error.ts'
import { BotToken, SigningSecret } from '../terminal/cli-options.ts'
import type { DeployContext } from '../terminal/context.ts'
import { type SecretLocation, writeSecret } from './secret.ts'
import { checkScopes, type Installation, readInstallation } from './slack-api.ts'
import type { SlackFacts } from './slack-task.ts'

/** The JSON in the Slack secret, which the functions read. */
export interface SlackSecret {
  botToken: string
  teamId: string
  appId: string
}

/** Puts the signing secret into the Worker, unless it is there already. */
export async function ensureSigningSecret(
  context: DeployContext,
  { hasSigningSecret, connectedApp }: SlackFacts,
): Promise<void> {
  const { options, tools, prompts, output } = context
  // If the variable is set, the secret was deployed with the Worker.
  if (
    options.signingSecret === undefined &&
    (!hasSigningSecret ||
      (connectedApp === undefined && prompts.interactive && (await wantsToReenterSecret(context))))
  ) {
    const message =
      "The app's signing secret, from its page Basic Information (not the Client Secret, which looks the same)"
    const text = await prompts.secret({ message, setBy: 'SLACK_SIGNING_SECRET', schema: SigningSecret })
    await tools.call({
      tool: 'wrangler',
      args: ['secret', 'put', 'SLACK_SIGNING_SECRET'],
      input: { text, label: 'the signing secret' },
    })
  }
  output.ok('The Worker has the signing secret')
}

/** Cloudflare does not show the secret. Only "Verified" in Slack proves that it is the right one. */
async function wantsToReenterSecret({ prompts }: DeployContext): Promise<boolean> {
  const chosen = await prompts.choose({
    message: 'The Worker has a signing secret, but the app is not connected yet.',
    setBy: 'SLACK_SIGNING_SECRET',
    options: [
      { value: 'right', label: 'Keep the signing secret' },
      { value: 'wrong', label: 'Enter it again, because Slack did not say "Verified"' },
    ],
  })
  return chosen === 'wrong'
}

/** Asks Slack whose token it is, and puts all three values into the Slack secret. Throws UserError. */
export async function storeBotToken(
  { options, tools, prompts, output, endpoints }: DeployContext,
  secret: SecretLocation,
  stored: SlackSecret,
  app?: string,
): Promise<Installation> {
  const expectedApp = app?.startsWith('A') ? app : undefined
  const message = "The app's bot token, which begins with xoxb-, from its page OAuth & Permissions"
  const botToken =
    options.botToken ?? (await prompts.secret({ message, setBy: 'SLACK_BOT_TOKEN', schema: BotToken }))
  if (tools.dryRun)
    for (const method of ['auth.test', 'bots.info'])
      output.print(`  $ POST ${new URL(method, endpoints.slack)}`)
  const installation: Installation = tools.dryRun
    ? { teamId: '<team>', team: '<team>', appId: expectedApp ?? '<app>', scopes: Object.keys(BOT_SCOPES) }
    : await readInstallation(botToken, endpoints.slack)
  const { teamId, appId } = installation
  if (expectedApp !== undefined && expectedApp !== appId) {
    throw new UserError(
      `This bot token belongs to the app ${appId}, not to ${expectedApp}. Run the command again with the bot token of ${expectedApp}.`,
    )
  }
  // Check before the token is stored: the next run then prints the remaining steps again.
  checkScopes(installation)
  const value = { botToken, teamId, appId }
  if (
    JSON.stringify(value) !==
    JSON.stringify({ botToken: stored.botToken, teamId: stored.teamId, appId: stored.appId })
  ) {
    await writeSecret(tools, secret, value)
  }
  return installation
}
