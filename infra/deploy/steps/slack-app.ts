import { fingerprint } from '../../settings/fingerprint.ts'
import { BOT_SCOPES, manifestOf } from '../../settings/slack-manifest.ts'
import { ToMend } from '../../settings/user-error.ts'
import { BotToken, SigningSecret } from '../terminal/cli-options.ts'
import type { Guide } from '../terminal/context.ts'
import { readSecret, writeSecret } from './secret.ts'
import { type Installed, learnInstalled, TokenRefused } from './slack-api.ts'
import {
  changeIt,
  changeItAgain,
  makeIt,
  moveItOver,
  renewIt,
  VERIFY_AND_INSTALL,
} from './slack-instructions.ts'
import type { Outputs } from './stacks.ts'
import { hasSecret } from './worker.ts'

interface SlackSecret {
  botToken: string
  teamId: string
  appId: string
}

/** What CloudFormation writes into the new secret (infra/constructs/slack-secret.ts). */
const UNFILLED = 'not-set'

/** The app in Slack: made or changed by the person, and then known to both tiers. */
export async function connectSlack(
  guide: Guide,
  outputs: Outputs,
  edgeUrl: string,
  apiUrl: string,
): Promise<void> {
  const { placement, given, tools, memory, say } = guide
  say.step('Slack')
  const at = { arn: outputs.slackSecretArn, region: placement.home }
  const held = await readSecret<SlackSecret>(tools, at, { botToken: '', teamId: UNFILLED, appId: UNFILLED })
  const isFilled = held.appId !== UNFILLED
  const unfinished = memory.recall().movesTo
  const wanted = given.slackApp ?? unfinished
  const moves = isFilled && wanted !== undefined && wanted !== 'new' && wanted !== held.appId
  const isNew = moves || !isFilled || (given.botToken !== undefined && given.botToken !== held.botToken)
  const connected = isNew ? undefined : await stillThere(held, apiUrl)
  if (connected) checkScopes(connected)
  const manifest = manifestOf(guide.sections, edgeUrl)
  const isTold = unfinished === 'new' || memory.recall().slackApp === 'new'
  const app = connected ? undefined : await whichApp(guide, wanted ?? (isFilled ? held.appId : undefined))
  const isHeld = app === held.appId
  // Given or chosen: whoever goes on from here need not say it again.
  if (app !== undefined && !isFilled) memory.remember({ slackApp: app })
  const isAnother = moves || (isFilled && app === 'new')
  const anew = isAnother || unfinished !== undefined
  const hasSigning =
    !anew && (given.signingSecret !== undefined || (await hasSecret(guide, 'SLACK_SIGNING_SECRET')))
  // Until its token is there, the Worker and the function may be of two apps, and only this says so.
  if (isAnother) memory.remember({ movesTo: app })
  if (isHeld && given.botToken === undefined) say.note(renewIt(held.appId))
  // Who has the signing secret of a new app has made it.
  const isThere = isHeld || (app === 'new' && hasSigning)
  if (app !== undefined && !isThere)
    for (const line of app === 'new' ? makeIt(manifest, isTold) : changeIt(manifest, app)) say.line(line)
  await giveSigningSecret(guide, { has: hasSigning, isProved: isFilled })
  if (app === 'new') for (const line of VERIFY_AND_INSTALL) say.line(line)
  const installed = connected ?? (await askForToken(guide, at, held, { apiUrl, app }))
  const told = memory.recall().manifest
  memory.remember({ slackApp: installed.appId, movesTo: undefined, manifest: fingerprint(manifest) })
  say.done(`The app ${installed.appId} in ${installed.team} (${installed.teamId})`)
  if ((connected || isHeld) && told !== undefined && told !== fingerprint(manifest))
    say.note(changeItAgain(installed.appId))
  if (app !== undefined && app !== 'new' && !isHeld) for (const line of moveItOver(manifest)) say.line(line)
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

/** `new`, `existing`, or the id of one that is there. */
async function whichApp({ ask, memory }: Guide, wanted: string | undefined): Promise<string> {
  const known = wanted ?? memory.recall().slackApp
  if (known !== undefined) return known
  return ask.choose({
    message: 'Is there an app in Slack already?',
    by: '--slack-app',
    options: [
      { value: 'new', label: 'No, I make a new one' },
      { value: 'existing', label: 'Yes, I change one that is there' },
    ],
  })
}

/** `has` says that the Worker has one of this app, and `isProved` that the app was connected with it. */
async function giveSigningSecret(
  guide: Guide,
  { has, isProved }: { has: boolean; isProved: boolean },
): Promise<void> {
  const { given, tools, ask, say } = guide
  // Given beforehand, it was deployed with the Worker.
  if (given.signingSecret === undefined && (!has || (!isProved && ask.present && (await isWrong(guide))))) {
    const message =
      "The app's signing secret, from its page Basic Information (the Client Secret there looks alike)"
    const text = await ask.secret({ message, by: 'SLACK_SIGNING_SECRET', schema: SigningSecret })
    await tools.call({
      tool: 'wrangler',
      args: ['secret', 'put', 'SLACK_SIGNING_SECRET'],
      input: { text, is: 'the signing secret' },
    })
  }
  say.done('The Worker has the signing secret')
}

/** Cloudflare does not show what the Worker has, and nothing but Slack's "Verified" says that it is the one. */
async function isWrong({ ask }: Guide): Promise<boolean> {
  const chosen = await ask.choose({
    message: 'The Worker has a signing secret, and the app is not connected yet.',
    by: 'SLACK_SIGNING_SECRET',
    options: [
      { value: 'right', label: 'Go on with it' },
      { value: 'wrong', label: 'Give it anew: Slack did not say "Verified"' },
    ],
  })
  return chosen === 'wrong'
}

async function askForToken(
  { given, tools, ask, say }: Guide,
  at: { arn: string; region: string },
  held: SlackSecret,
  { apiUrl, app }: { apiUrl: string; app: string | undefined },
): Promise<Installed> {
  const meant = app?.startsWith('A') ? app : undefined
  const message = 'Its bot token, which begins with xoxb-, from its page OAuth & Permissions'
  const botToken = given.botToken ?? (await ask.secret({ message, by: 'SLACK_BOT_TOKEN', schema: BotToken }))
  if (tools.dry)
    for (const method of ['auth.test', 'bots.info']) say.line(`  $ POST ${new URL(method, apiUrl)}`)
  const installed: Installed = tools.dry
    ? { teamId: '<team>', team: '<team>', appId: meant ?? '<app>', scopes: Object.keys(BOT_SCOPES) }
    : await learnInstalled(botToken, apiUrl)
  const { teamId, appId } = installed
  if (meant !== undefined && meant !== appId) {
    throw new ToMend(
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
function checkScopes({ scopes, appId }: Installed): void {
  const lacking = Object.keys(BOT_SCOPES).filter((scope) => !scopes.includes(scope))
  if (lacking.length === 0) return
  throw new ToMend(
    `The app may not yet do what it must: add the scopes ${lacking.join(', ')} under ` +
      `https://api.slack.com/apps/${appId}/oauth, install it again, and give the command again.`,
  )
}
