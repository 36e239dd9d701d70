import { BOT_EVENTS, BOT_SCOPES, createAppLink } from '../../settings/slack-manifest.ts'
import type { SlackManifest } from '../../settings/slack-manifest-limits.ts'

// Instructions for what only a person can do, on the app's pages in Slack.

/**
 * For a new app. If an earlier run showed this (`alreadyShown`), the person may have created the app already.
 */
export function createAppSteps(manifest: SlackManifest, alreadyShown: boolean): string[] {
  return [
    '',
    JSON.stringify(manifest, null, 2),
    '',
    `  1. ${alreadyShown ? 'If you have not created the app yet, open' : 'Open'} this link, choose the workspace and press "Create". The link contains the manifest above:`,
    `     ${createAppLink(manifest)}`,
  ]
}

/** For a new app, once the Worker has its signing secret. */
export const VERIFY_AND_INSTALL = [
  '  2. Under "Event Subscriptions", press "Verify" (or "Retry") next to the Request URL. It must say "Verified".',
  // The Client Secret also has 32 characters from 0-9 and a-f.
  '     If it does not, the signing secret is wrong: perhaps it is the Client Secret. Run the command again and enter it again.',
  // A function that gets a question before the token is stored keeps using the placeholder for some minutes.
  '  3. Under "Install App", install it to the workspace. Do not write to it before this command has ended.',
]

/**
 * For an existing app: all changes that the program behind it today does not notice. The events stay as they
 * are: a bot that handles the event `message` for direct messages would answer every message of every
 * channel.
 */
export function changeAppSteps({ features, settings }: SlackManifest, app: string): string[] {
  const [command] = features.slash_commands
  return [
    '  1. Open the app and change these settings by hand, if they differ. The program behind it today keeps working.',
    `     ${app.startsWith('A') ? `https://api.slack.com/apps/${app}` : 'https://api.slack.com/apps'}`,
    `     OAuth & Permissions    Bot Token Scopes: ${Object.keys(BOT_SCOPES).join(', ')}`,
    `     Slash Commands         ${command.command} to ${command.url}`,
    `     Interactivity          on, to ${settings.interactivity.request_url}`,
    '     App Home               Messages Tab on, and people may write in it',
    `     Agent                  on; it cannot be switched off again. Description: ${features.agent_view.agent_description}`,
    ...(features.agent_view.suggested_prompts ?? []).map(
      ({ title, message }) => `                            Prompt "${title}": ${message}`,
    ),
    '     Event Subscriptions    leave as they are for now',
    '  2. Under "Install App", install it again.',
  ]
}

/** For an existing app, once both tiers have its secrets. */
export function moveAppSteps({ settings }: SlackManifest): string[] {
  return [
    '  3. To move the app to Vera, change these two under "Event Subscriptions", wait for "Verified", and save:',
    `     Request URL            ${settings.event_subscriptions.request_url}`,
    `     Bot Events             ${Object.keys(BOT_EVENTS).join(', ')}`,
    '     To go back, restore the old address and remove the events that you added.',
  ]
}

/** For an app with an older manifest. None of our tokens may change an app. */
export function manifestChangedNote(app: string): string {
  return (
    'The manifest has changed since the app was created or last changed: its name, its prompts, the address of the Worker, or ' +
    `what this release needs. Paste the output of "npm run manifest" at https://api.slack.com/apps/${app}/app-manifest, and do what Slack asks for.`
  )
}

/** For a connected app whose token Slack refuses. */
export function renewTokenNote(app: string): string {
  return (
    `Slack no longer accepts the bot token of the app ${app}. Install the app again at https://api.slack.com/apps/${app}/oauth ` +
    'to get a new token. If the app no longer exists, run the command again with "-- --slack-app new".'
  )
}
