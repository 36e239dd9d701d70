import type { Sections } from './sections.ts'
import { checkLimits, type SlackManifest } from './slack-manifest-limits.ts'
import { UserError } from './user-error.ts'

/**
 * The events that the edge handles (edge/classify/event.ts), each with what it brings. The edge ignores all
 * others.
 */
export const BOT_EVENTS = {
  app_mention: 'a question in a channel',
  'message.channels': 'a question with a file in a public channel, for which Slack sends no app_mention',
  'message.groups': 'a question with a file in a private channel',
  'message.im': 'a question in a direct message',
  'message.mpim': 'a question in a group direct message',
  agent_session_stopped: 'the Stop button',
} as const

/** The bot's scopes, each with its purpose. A test compares them with the calls that the backend makes. */
export const BOT_SCOPES = {
  'app_mentions:read': 'the event app_mention',
  'assistant:write': 'the agent view, with its suggested questions',
  'channels:history': 'messages and threads of public channels',
  'chat:write': 'answers, streamed or posted, and the status of a session',
  commands: 'the slash command',
  'groups:history': 'messages and threads of private channels',
  'im:history': 'messages and threads of direct messages',
  'im:write': 'the direct message in which a command is answered',
  'mpim:history': 'messages and threads of group direct messages',
  'users:read': 'names of the people in a thread, and once the id of the app',
} as const

/**
 * The manifest of the app. Throws UserError if Slack would refuse it.
 * https://docs.slack.dev/reference/app-manifest
 */
export function manifestOf({ identity }: Pick<Sections, 'identity'>, edgeUrl: string): SlackManifest {
  const at = (path: string): string => new URL(path, edgeUrl).href
  const { name, description, suggestedPrompts } = identity
  return checkLimits({
    display_information: { name, description },
    features: {
      agent_view: {
        agent_description: description,
        ...(suggestedPrompts.length > 0 && { suggested_prompts: suggestedPrompts }),
      },
      // People talk to the agent in the Messages tab.
      app_home: {
        home_tab_enabled: false,
        messages_tab_enabled: true,
        messages_tab_read_only_enabled: false,
      },
      bot_user: { display_name: name, always_online: true },
      slash_commands: [
        {
          command: commandOf(name),
          url: at('/slack/commands'),
          description: `Ask ${name} in a direct message`,
          usage_hint: 'your question',
        },
      ],
    },
    oauth_config: { scopes: { bot: Object.keys(BOT_SCOPES) } },
    settings: {
      event_subscriptions: { request_url: at('/slack/events'), bot_events: Object.keys(BOT_EVENTS) },
      interactivity: { is_enabled: true, request_url: at('/slack/interactivity') },
      // One workspace, over HTTP. No token rotation, because nothing here renews a token.
      org_deploy_enabled: false,
      socket_mode_enabled: false,
      token_rotation_enabled: false,
    },
  })
}

/** A link that opens Slack's page "create an app from a manifest" with this manifest. */
export function createAppLink(manifest: SlackManifest): string {
  return `https://api.slack.com/apps?new_app=1&manifest_json=${encodeURIComponent(JSON.stringify(manifest))}`
}

/** Accepts `https://….workers.dev` without a path. Throws UserError. */
export function readEdgeUrl(given: string): string {
  const url = URL.parse(given)
  if (url?.protocol !== 'https:' || url.pathname !== '/' || url.search !== '') {
    throw new UserError(
      `"${given}" is not the address of a Worker. Expected one such as https://vera-edge.example.workers.dev, without a path.`,
    )
  }
  return url.origin
}

/**
 * The slash command is the assistant's name, in the letters that Slack allows: lower case, digits, - and _.
 */
function commandOf(name: string): string {
  return `/${name
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}_-]+/gu, '-')
    .replaceAll(/^-+|-+$/g, '')}`
}
