import * as v from 'valibot'
import { ToMend } from './user-error.ts'

/**
 * What Slack takes in a manifest, of the keys that we use. https://docs.slack.dev/reference/app-manifest and
 * https://github.com/slackapi/manifest-schema. Each text names the field of assistant.config.ts that fills it.
 */

const text = (field: string, least: number, most: number) =>
  v.pipe(
    v.string(),
    v.minLength(least, `${field} is too short: Slack takes ${least} characters or more`),
    v.maxLength(most, ({ received }) => `${field} has ${received} characters, and Slack takes ${most}`),
  )
const address = (most: number) =>
  v.pipe(
    text("the Worker's address", 1, most),
    v.startsWith('https://', "the Worker's address: Slack takes https only"),
  )

const NAME = 35
const DESCRIPTION = 140
const AGENT_DESCRIPTION = 300
const PROMPTS = 4
const DISPLAY_NAME = 80
const COMMAND = 32
const COMMAND_URL = 3000
const COMMAND_DESCRIPTION = 2000
const USAGE_HINT = 1000
const REQUEST_URL = 3500
const EVENTS = 100
const SCOPES = 255
/** Of one scope, and of one event. */
const KEYWORD = 50

export const SlackManifest = v.strictObject({
  display_information: v.strictObject({
    name: text('identity.name', 1, NAME),
    description: text('identity.description', 1, DESCRIPTION),
  }),
  features: v.strictObject({
    agent_view: v.strictObject({
      agent_description: text('identity.description', 1, AGENT_DESCRIPTION),
      suggested_prompts: v.optional(
        v.pipe(
          v.array(
            v.strictObject({
              title: text('identity.suggestedPrompts: a title', 1, Number.POSITIVE_INFINITY),
              message: text('identity.suggestedPrompts: a message', 1, Number.POSITIVE_INFINITY),
            }),
          ),
          v.maxLength(
            PROMPTS,
            ({ received }) =>
              `identity.suggestedPrompts has ${received} questions, and Slack takes ${PROMPTS}`,
          ),
        ),
      ),
    }),
    app_home: v.strictObject({
      home_tab_enabled: v.boolean(),
      messages_tab_enabled: v.boolean(),
      messages_tab_read_only_enabled: v.boolean(),
    }),
    bot_user: v.strictObject({
      display_name: text('identity.name', 1, DISPLAY_NAME),
      always_online: v.boolean(),
    }),
    slash_commands: v.tuple([
      v.strictObject({
        command: v.pipe(text('identity.name, as the slash command,', 2, COMMAND), v.startsWith('/')),
        url: address(COMMAND_URL),
        description: text("the command's description", 1, COMMAND_DESCRIPTION),
        usage_hint: text("the command's hint", 1, USAGE_HINT),
      }),
    ]),
  }),
  oauth_config: v.strictObject({
    scopes: v.strictObject({
      bot: v.pipe(v.array(text('a scope', 1, KEYWORD)), v.maxLength(SCOPES, 'there are too many scopes')),
    }),
  }),
  settings: v.strictObject({
    event_subscriptions: v.strictObject({
      request_url: address(REQUEST_URL),
      bot_events: v.pipe(
        v.array(text('an event', 1, KEYWORD)),
        v.maxLength(EVENTS, 'there are too many events'),
      ),
    }),
    interactivity: v.strictObject({ is_enabled: v.boolean(), request_url: address(REQUEST_URL) }),
    org_deploy_enabled: v.boolean(),
    socket_mode_enabled: v.boolean(),
    token_rotation_enabled: v.boolean(),
  }),
})
export type SlackManifest = v.InferOutput<typeof SlackManifest>

/** Throws one ToMend that names everything Slack would not take. */
export function checkLimits(manifest: v.InferInput<typeof SlackManifest>): SlackManifest {
  const read = v.safeParse(SlackManifest, manifest)
  if (read.success) return read.output
  const wrong = [...new Set(read.issues.map(({ message }) => message))]
  throw new ToMend(
    `Slack would not take the app's manifest: ${wrong.join('; ')}. Change it in assistant.config.ts.`,
  )
}
