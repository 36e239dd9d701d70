import { fingerprint } from '../../settings/fingerprint.ts'
import { NOT_SET } from '../../settings/secret-placeholder.ts'
import { BOT_SCOPES, manifestOf } from '../../settings/slack-manifest.ts'
import { UserError } from '../../settings/user-error.ts'
import { BotToken, SigningSecret } from '../terminal/cli-options.ts'
import type { DeployContext } from '../terminal/context.ts'
import { readSecret, writeSecret } from './secret.ts'
import { type Installation, readInstallation, TokenRefused } from './slack-api.ts'
import {
  changeAppSteps,
  createAppSteps,
  manifestChangedNote,
  moveAppSteps,
  renewTokenNote,
  VERIFY_AND_INSTALL,
} from './slack-instructions.ts'
import type { Outputs } from './stacks.ts'
import { hasSecret } from './worker.ts'

interface SlackSecret {
  botToken: string
  teamId: string
  appId: string
}

/** The app in Slack: made or changed by the person, and then known to both tiers. */
export async function connectSlack(
  context: DeployContext,
  outputs: Outputs,
  edgeUrl: string,
  apiUrl: string,
): Promise<void> {
  const { placement, options, tools, state, output } = context
  output.step('Slack')
  const at = { arn: outputs.slackSecretArn, region: placement.home }
  const held = await readSecret<SlackSecret>(tools, at, { botToken: '', teamId: NOT_SET, appId: NOT_SET })
  const isFilled = held.appId !== NOT_SET
  const unfinished = state.read().movesTo
  const wanted = options.slackApp ?? unfinished
  const moves = isFilled && wanted !== undefined && wanted !== 'new' && wanted !== held.appId
  const isNew = moves || !isFilled || (options.botToken !== undefined && options.botToken !== held.botToken)
  const connected = isNew ? undefined : await stillThere(held, apiUrl)
  if (connected) checkScopes(connected)
  const manifest = manifestOf(context.sections, edgeUrl)
  const alreadyShown = unfinished === 'new' || state.read().slackApp === 'new'
  const app = connected ? undefined : await whichApp(context, wanted ?? (isFilled ? held.appId : undefined))
  const isHeld = app === held.appId
  // Given or chosen: whoever goes on from here need not say it again.
  if (app !== undefined && !isFilled) state.merge({ slackApp: app })
  const isAnother = moves || (isFilled && app === 'new')
  const anew = isAnother || unfinished !== undefined
  const hasSigning =
    !anew && (options.signingSecret !== undefined || (await hasSecret(context, 'SLACK_SIGNING_SECRET')))
  // Until its token is there, the Worker and the function may be of two apps, and only this says so.
  if (isAnother) state.merge({ movesTo: app })
  if (isHeld && options.botToken === undefined) output.warning(renewTokenNote(held.appId))
  // Who has the signing secret of a new app has made it.
  const isThere = isHeld || (app === 'new' && hasSigning)
  if (app !== undefined && !isThere)
    for (const line of app === 'new' ? createAppSteps(manifest, alreadyShown) : changeAppSteps(manifest, app))
      output.print(line)
  await giveSigningSecret(context, { has: hasSigning, isProved: isFilled })
  if (app === 'new') for (const line of VERIFY_AND_INSTALL) output.print(line)
  const installed = connected ?? (await askForToken(context, at, held, { apiUrl, app }))
  const told = state.read().manifest
  state.merge({ slackApp: installed.appId, movesTo: undefined, manifest: fingerprint(manifest) })
  output.ok(`The app ${installed.appId} in ${installed.team} (${installed.teamId})`)
  if ((connected || isHeld) && told !== undefined && told !== fingerprint(manifest))
    output.warning(manifestChangedNote(installed.appId))
  if (app !== undefined && app !== 'new' && !isHeld)
    for (const line of moveAppSteps(manifest)) output.print(line)
}

/** Undefined where the token in the secret is dead, and a new one is wanted. */
async function stillThere({ botToken }: SlackSecret, apiUrl: string): Promise<Installation | undefined> {
  try {
    return await readInstallation(botToken, apiUrl)
  } catch (error) {
    if (error instanceof TokenRefused) return undefined
    throw error
  }
}

/** `new`, `existing`, or the id of one that is there. */
async function whichApp({ prompts, state }: DeployContext, wanted: string | undefined): Promise<string> {
  const known = wanted ?? state.read().slackApp
  if (known !== undefined) return known
  return prompts.choose({
    message: 'Is there an app in Slack already?',
    setBy: '--slack-app',
    options: [
      { value: 'new', label: 'No, I make a new one' },
      { value: 'existing', label: 'Yes, I change one that is there' },
    ],
  })
}

/** `has` says that the Worker has one of this app, and `isProved` that the app was connected with it. */
async function giveSigningSecret(
  context: DeployContext,
  { has, isProved }: { has: boolean; isProved: boolean },
): Promise<void> {
  const { options, tools, prompts, output } = context
  // Given beforehand, it was deployed with the Worker.
  if (
    options.signingSecret === undefined &&
    (!has || (!isProved && prompts.interactive && (await isWrong(context))))
  ) {
    const message =
      "The app's signing secret, from its page Basic Information (the Client Secret there looks alike)"
    const text = await prompts.secret({ message, setBy: 'SLACK_SIGNING_SECRET', schema: SigningSecret })
    await tools.call({
      tool: 'wrangler',
      args: ['secret', 'put', 'SLACK_SIGNING_SECRET'],
      input: { text, label: 'the signing secret' },
    })
  }
  output.ok('The Worker has the signing secret')
}

/** Cloudflare does not show what the Worker has, and nothing but Slack's "Verified" says that it is the one. */
async function isWrong({ prompts }: DeployContext): Promise<boolean> {
  const chosen = await prompts.choose({
    message: 'The Worker has a signing secret, and the app is not connected yet.',
    setBy: 'SLACK_SIGNING_SECRET',
    options: [
      { value: 'right', label: 'Go on with it' },
      { value: 'wrong', label: 'Give it anew: Slack did not say "Verified"' },
    ],
  })
  return chosen === 'wrong'
}

async function askForToken(
  { options, tools, prompts, output }: DeployContext,
  at: { arn: string; region: string },
  held: SlackSecret,
  { apiUrl, app }: { apiUrl: string; app: string | undefined },
): Promise<Installation> {
  const meant = app?.startsWith('A') ? app : undefined
  const message = 'Its bot token, which begins with xoxb-, from its page OAuth & Permissions'
  const botToken =
    options.botToken ?? (await prompts.secret({ message, setBy: 'SLACK_BOT_TOKEN', schema: BotToken }))
  if (tools.dryRun)
    for (const method of ['auth.test', 'bots.info']) output.print(`  $ POST ${new URL(method, apiUrl)}`)
  const installed: Installation = tools.dryRun
    ? { teamId: '<team>', team: '<team>', appId: meant ?? '<app>', scopes: Object.keys(BOT_SCOPES) }
    : await readInstallation(botToken, apiUrl)
  const { teamId, appId } = installed
  if (meant !== undefined && meant !== appId) {
    throw new UserError(
      `That is the bot token of the app ${appId}, and not of ${meant}. Give the command again with the one of ${meant}.`,
    )
  }
  // Before it is written: whoever gives the command again is told once more all that is left to do.
  checkScopes(installed)
  const secret = { botToken, teamId, appId }
  if (
    JSON.stringify(secret) !==
    JSON.stringify({ botToken: held.botToken, teamId: held.teamId, appId: held.appId })
  ) {
    await writeSecret(tools, at, secret)
  }
  return installed
}

/** Slack gives a token what was asked for when the app was installed, and says so with each answer. */
function checkScopes({ scopes, appId }: Installation): void {
  const lacking = Object.keys(BOT_SCOPES).filter((scope) => !scopes.includes(scope))
  if (lacking.length === 0) return
  throw new UserError(
    `The app may not yet do what it must: add the scopes ${lacking.join(', ')} under ` +
      `https://api.slack.com/apps/${appId}/oauth, install it again, and give the command again.`,
  )
}
