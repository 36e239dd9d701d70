import { BOT_EVENTS, BOT_SCOPES, createAppLink } from '../../settings/slack-manifest.ts'
import type { SlackManifest } from '../../settings/slack-manifest-limits.ts'

// What only a person can do, on the pages of the app.

/** For an app that is to be made. Whoever was told so before (`alreadyShown`) may have made it since, and would make a second. */
export function createAppSteps(manifest: SlackManifest, alreadyShown: boolean): string[] {
  return [
    '',
    JSON.stringify(manifest, null, 2),
    '',
    `  1. ${alreadyShown ? 'If you have not made it yet, open' : 'Open'} this link, choose the workspace and press "Create". The manifest above is filled in:`,
    `     ${createAppLink(manifest)}`,
  ]
}

/** Once the Worker has the signing secret of a new app. */
export const VERIFY_AND_INSTALL = [
  '  2. Under "Event Subscriptions" press "Verify" (or "Retry") beside the Request URL, and see that it says "Verified".',
  // A Client Secret has 32 of the same characters.
  "     If it does not, the signing secret is another's, such as the Client Secret beside it: give the command again, and that anew.",
  // A function that is asked before the token is there goes on without it for some minutes.
  '  3. Under "Install App" install it to the workspace. Write to it only when this command has ended.',
]

/**
 * For an app that is there: all that what serves it today does not see. Its events stay as they are, because a bot that
 * answers direct messages by the event `message` would answer every message of every channel.
 */
export function changeAppSteps({ features, settings }: SlackManifest, app: string): string[] {
  const [command] = features.slash_commands
  return [
    '  1. Open the app and change by hand what it lacks of this. What serves it today goes on serving it.',
    `     ${app.startsWith('A') ? `https://api.slack.com/apps/${app}` : 'https://api.slack.com/apps'}`,
    `     OAuth & Permissions    Bot Token Scopes: ${Object.keys(BOT_SCOPES).join(', ')}`,
    `     Slash Commands         ${command.command} to ${command.url}`,
    `     Interactivity          on, to ${settings.interactivity.request_url}`,
    '     App Home               the Messages Tab on, and people may write in it',
    `     Agent                  on. It cannot be switched off again. Description: ${features.agent_view.agent_description}`,
    ...(features.agent_view.suggested_prompts ?? []).map(
      ({ title, message }) => `                            Prompt "${title}": ${message}`,
    ),
    '     Event Subscriptions    not yet',
    '  2. Under "Install App" install it again.',
  ]
}

/** When both tiers know it. */
export function moveAppSteps({ settings }: SlackManifest): string[] {
  return [
    '  3. To move it over, change both of this under "Event Subscriptions", see that it says "Verified", and save:',
    `     Request URL            ${settings.event_subscriptions.request_url}`,
    `     Bot Events             ${Object.keys(BOT_EVENTS).join(', ')}`,
    '     To go back, put the old address back, and take out the events that you added.',
  ]
}

/** For an app that was made or changed by an earlier manifest: nothing of ours may change an app. */
export function manifestChangedNote(app: string): string {
  return (
    'The manifest is another than the app was last made or changed by: its name, its prompts, the address of the Worker, or what ' +
    `this release needs. Put what "npm run manifest" prints under https://api.slack.com/apps/${app}/app-manifest, and do what Slack asks for.`
  )
}

/** For an app that both tiers know, whose token Slack does not take any more. */
export function renewTokenNote(app: string): string {
  return (
    `Slack does not take the token of the app ${app} any more. Under https://api.slack.com/apps/${app}/oauth it can be installed ` +
    'again, which makes a new one. If the app is gone, give the command again with "-- --slack-app new".'
  )
}
