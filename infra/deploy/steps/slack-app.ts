import { fingerprint } from '../../settings/fingerprint.ts'
import { NOT_SET } from '../../settings/secret-placeholder.ts'
import { BOT_SCOPES, manifestOf } from '../../settings/slack-manifest.ts'
import type { SlackManifest } from '../../settings/slack-manifest-limits.ts'
import { UserError } from '../../settings/user-error.ts'
import { BotToken, SigningSecret } from '../terminal/cli-options.ts'
import type { DeployContext } from '../terminal/context.ts'
import { readSecret, type SecretLocation, writeSecret } from './secret.ts'
import { type Installation, readInstallation, TokenRefused } from './slack-api.ts'
import {
  changeAppSteps,
  createAppSteps,
  manifestChangedNote,
  moveAppSteps,
  renewTokenNote,
  VERIFY_AND_INSTALL,
} from './slack-instructions.ts'
import { replacesApp, type SlackFacts, slackTask } from './slack-task.ts'
import type { Outputs } from './stacks.ts'
import { hasSecret } from './worker.ts'

interface SlackSecret {
  botToken: string
  teamId: string
  appId: string
}

/**
 * Connects the app in Slack. A person creates or changes it on Slack's pages; then both tiers get its
 * secrets.
 */
export async function connectSlack(context: DeployContext, outputs: Outputs, edgeUrl: string): Promise<void> {
  const { placement, options, tools, state, output } = context
  output.step('Slack')
  const secret = { arn: outputs.slackSecretArn, region: placement.home }
  const stored = await readSecret<SlackSecret>(tools, secret, {
    botToken: '',
    teamId: NOT_SET,
    appId: NOT_SET,
  })
  const facts = await readFacts(context, stored)
  const manifest = manifestOf(context.sections, edgeUrl)
  // Until the new token is stored, the Worker and the function can belong to different apps. Only this says
  // so.
  if (replacesApp(facts)) state.merge({ movesTo: facts.requestedApp })

  const print = (lines: readonly string[]): void => {
    for (const line of lines) output.print(line)
  }
  const task = slackTask(facts)
  switch (task.kind) {
    case 'connected': {
      await ensureSigningSecret(context, facts)
      return recordApp(context, manifest, task.installation, { isKnown: true })
    }
    case 'renew-token': {
      if (options.botToken === undefined) output.warning(renewTokenNote(task.app))
      await ensureSigningSecret(context, facts)
      const installation = await storeBotToken(context, secret, stored, task.app)
      return recordApp(context, manifest, installation, { isKnown: true })
    }
    case 'new-app': {
      print(createAppSteps(manifest, task.wasToldBefore))
      await ensureSigningSecret(context, facts)
      print(VERIFY_AND_INSTALL)
      const installation = await storeBotToken(context, secret, stored)
      return recordApp(context, manifest, installation, { isKnown: false })
    }
    case 'resume': {
      await ensureSigningSecret(context, facts)
      print(VERIFY_AND_INSTALL)
      const installation = await storeBotToken(context, secret, stored)
      return recordApp(context, manifest, installation, { isKnown: false })
    }
    case 'move-to': {
      print(changeAppSteps(manifest, task.app))
      await ensureSigningSecret(context, facts)
      const installation = await storeBotToken(context, secret, stored, task.app)
      recordApp(context, manifest, installation, { isKnown: false })
      return print(moveAppSteps(manifest))
    }
  }
}

/** Asks Slack, Cloudflare and the person, each only if the answer matters. */
async function readFacts(context: DeployContext, stored: SlackSecret): Promise<SlackFacts> {
  const { options, prompts, state, endpoints } = context
  const { movesTo, slackApp } = state.read()
  const connectedApp = stored.appId === NOT_SET ? undefined : stored.appId
  const named = options.slackApp ?? movesTo
  const requestedApp = connectedApp === undefined ? (named ?? slackApp ?? (await chooseApp(prompts))) : named
  // The next run does not need the option or the answer again.
  if (connectedApp === undefined) state.merge({ slackApp: requestedApp })

  const isOtherApp = requestedApp !== undefined && requestedApp !== 'new' && requestedApp !== connectedApp
  const isOtherToken = options.botToken !== undefined && options.botToken !== stored.botToken
  const installation =
    connectedApp === undefined || isOtherApp || isOtherToken
      ? undefined
      : await readStoredInstallation(stored, endpoints.slack)
  if (installation) checkScopes(installation)

  // After an unfinished move, the Worker can have the signing secret of the other app.
  const isOfOtherApp = movesTo !== undefined || replacesApp({ connectedApp, installation, requestedApp })
  return {
    connectedApp,
    installation,
    requestedApp,
    hasSigningSecret:
      !isOfOtherApp &&
      (options.signingSecret !== undefined || (await hasSecret(context, 'SLACK_SIGNING_SECRET'))),
    wasToldToCreate: movesTo === 'new' || slackApp === 'new',
  }
}

/** Undefined if Slack refuses the token in the secret. */
async function readStoredInstallation(
  { botToken }: SlackSecret,
  apiUrl: string,
): Promise<Installation | undefined> {
  try {
    return await readInstallation(botToken, apiUrl)
  } catch (error) {
    if (error instanceof TokenRefused) return undefined
    throw error
  }
}

async function chooseApp(prompts: DeployContext['prompts']): Promise<string> {
  return prompts.choose({
    message: 'Do you have an app in Slack for this already?',
    setBy: '--slack-app',
    options: [
      { value: 'new', label: 'No, I will create a new one' },
      { value: 'existing', label: 'Yes, I will change it' },
    ],
  })
}

/** `isKnown`: an earlier run connected this app, so the remembered manifest is the one that it has. */
function recordApp(
  { state, output }: DeployContext,
  manifest: SlackManifest,
  { appId, team, teamId }: Installation,
  { isKnown }: { isKnown: boolean },
): void {
  const lastManifest = state.read().manifest
  state.merge({ slackApp: appId, movesTo: undefined, manifest: fingerprint(manifest) })
  output.ok(`The app ${appId} is connected in ${team} (${teamId})`)
  if (isKnown && lastManifest !== undefined && lastManifest !== fingerprint(manifest))
    output.warning(manifestChangedNote(appId))
}

async function ensureSigningSecret(
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

async function storeBotToken(
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

/** A token has the scopes that the app had when it was installed. Slack lists them in each response. */
function checkScopes({ scopes, appId }: Installation): void {
  const missing = Object.keys(BOT_SCOPES).filter((scope) => !scopes.includes(scope))
  if (missing.length === 0) return
  throw new UserError(
    `The app lacks permissions: add the scopes ${missing.join(', ')} at ` +
      `https://api.slack.com/apps/${appId}/oauth, install the app again, and run the command again.`,
  )
}
