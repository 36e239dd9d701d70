import { NOT_SET } from '../../settings/secret-placeholder.ts'
import type { DeployContext } from '../terminal/context.ts'
import { checkScopes, type Installation, readInstallation, TokenRefused } from './slack-api.ts'
import type { SlackSecret } from './slack-secrets.ts'
import { replacesApp, type SlackFacts } from './slack-task.ts'
import { hasSecret } from './worker.ts'

/** Asks Slack, Cloudflare and the person, each only if the answer matters. */
export async function readFacts(context: DeployContext, stored: SlackSecret): Promise<SlackFacts> {
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
