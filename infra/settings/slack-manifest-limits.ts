import * as v from 'valibot'
import { UserError } from './user-error.ts'

/**
 * Slack's limits for the keys of a manifest that we use. The messages name the field of assistant.config.ts
 * that fills the key.
 * https://docs.slack.dev/reference/app-manifest
 * https://github.com/slackapi/manifest-schema
 */

const text = (field: string, min: number, max: number) =>
  v.pipe(
    v.string(),
    v.minLength(min, `${field} is too short: Slack needs ${min} or more characters`),
    v.maxLength(max, ({ received }) => `${field} has ${received} characters; Slack allows ${max}`),
  )
const httpsUrl = (max: number) =>
  v.pipe(
    text("the Worker's address", 1, max),
    v.startsWith('https://', "the Worker's address must begin with https://"),
  )

const MAX_NAME_CHARS = 35
const MAX_DESCRIPTION_CHARS = 140
const MAX_AGENT_DESCRIPTION_CHARS = 300
const MAX_PROMPTS = 4
const MAX_DISPLAY_NAME_CHARS = 80
const MAX_COMMAND_CHARS = 32
const MAX_COMMAND_URL_CHARS = 3000
const MAX_COMMAND_DESCRIPTION_CHARS = 2000
const MAX_USAGE_HINT_CHARS = 1000
const MAX_REQUEST_URL_CHARS = 3500
const MAX_EVENTS = 100
const MAX_SCOPES = 255
/** For one scope or one event. */
const MAX_KEYWORD_CHARS = 50

export const SlackManifest = v.strictObject({
  display_information: v.strictObject({
    name: text('identity.name', 1, MAX_NAME_CHARS),
    description: text('identity.description', 1, MAX_DESCRIPTION_CHARS),
  }),
  features: v.strictObject({
    agent_view: v.strictObject({
      agent_description: text('identity.description', 1, MAX_AGENT_DESCRIPTION_CHARS),
      suggested_prompts: v.optional(
        v.pipe(
          v.array(
            v.strictObject({
              title: text('identity.suggestedPrompts: a title', 1, Number.POSITIVE_INFINITY),
              message: text('identity.suggestedPrompts: a message', 1, Number.POSITIVE_INFINITY),
            }),
          ),
          v.maxLength(
            MAX_PROMPTS,
            ({ received }) =>
              `identity.suggestedPrompts has ${received} questions; Slack allows ${MAX_PROMPTS}`,
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
      display_name: text('identity.name', 1, MAX_DISPLAY_NAME_CHARS),
      always_online: v.boolean(),
    }),
    slash_commands: v.tuple([
      v.strictObject({
        command: v.pipe(
          text('the slash command, made from identity.name,', 2, MAX_COMMAND_CHARS),
          v.startsWith('/'),
        ),
        url: httpsUrl(MAX_COMMAND_URL_CHARS),
        description: text("the command's description", 1, MAX_COMMAND_DESCRIPTION_CHARS),
        usage_hint: text("the command's hint", 1, MAX_USAGE_HINT_CHARS),
      }),
    ]),
  }),
  oauth_config: v.strictObject({
    scopes: v.strictObject({
      bot: v.pipe(
        v.array(text('a scope', 1, MAX_KEYWORD_CHARS)),
        v.maxLength(MAX_SCOPES, `the app has more scopes than Slack's ${MAX_SCOPES}`),
      ),
    }),
  }),
  settings: v.strictObject({
    event_subscriptions: v.strictObject({
      request_url: httpsUrl(MAX_REQUEST_URL_CHARS),
      bot_events: v.pipe(
        v.array(text('an event', 1, MAX_KEYWORD_CHARS)),
        v.maxLength(MAX_EVENTS, `the app has more events than Slack's ${MAX_EVENTS}`),
      ),
    }),
    interactivity: v.strictObject({ is_enabled: v.boolean(), request_url: httpsUrl(MAX_REQUEST_URL_CHARS) }),
    org_deploy_enabled: v.boolean(),
    socket_mode_enabled: v.boolean(),
    token_rotation_enabled: v.boolean(),
  }),
})
export type SlackManifest = v.InferOutput<typeof SlackManifest>

/** Throws one UserError that names everything Slack would refuse. */
export function checkLimits(manifest: v.InferInput<typeof SlackManifest>): SlackManifest {
  const read = v.safeParse(SlackManifest, manifest)
  if (read.success) return read.output
  const errors = [...new Set(read.issues.map(({ message }) => message))]
  throw new UserError(
    `Slack would not accept the app's manifest. Change these settings in assistant.config.ts: ${errors.join('; ')}.`,
  )
}
