import * as v from 'valibot'
import type { VerifiedBody } from './signature.ts'

// Only the fields that we read. Slack sends many more, adds new ones, and promises nothing about them.
// https://docs.slack.dev/apis/events-api

export const UrlVerification = v.object({ type: v.literal('url_verification'), challenge: v.string() })

const Authorization = v.object({ team_id: v.nullish(v.string()), user_id: v.nullish(v.string()), is_bot: v.nullish(v.boolean()) })

export const EventCallback = v.object({
  type: v.literal('event_callback'),
  team_id: v.nullish(v.string()),
  context_team_id: v.nullish(v.string()),
  api_app_id: v.string(),
  event_id: v.string(),
  authorizations: v.nullish(v.array(Authorization)),
  is_ext_shared_channel: v.nullish(v.boolean()),
  event: v.looseObject({ type: v.string() }),
})
export type EventCallback = v.InferOutput<typeof EventCallback>

export const Envelope = v.variant('type', [UrlVerification, EventCallback])

/** A post, as `message` or as `app_mention`. */
export const Post = v.object({
  type: v.picklist(['message', 'app_mention']),
  channel: v.string(),
  channel_type: v.nullish(v.string()),
  ts: v.string(),
  thread_ts: v.nullish(v.string()),
  user: v.nullish(v.string()),
  text: v.nullish(v.string()),
  subtype: v.nullish(v.string()),
  hidden: v.nullish(v.boolean()),
  /** On a mention that is sent again because the post was edited. */
  edited: v.nullish(v.unknown()),
  bot_id: v.nullish(v.string()),
  app_id: v.nullish(v.string()),
  bot_profile: v.nullish(v.object({ id: v.nullish(v.string()), app_id: v.nullish(v.string()) })),
  /** The author's workspace: in Slack Connect another than ours. */
  user_team: v.nullish(v.string()),
  team: v.nullish(v.string()),
})
export type Post = v.InferOutput<typeof Post>

/** Parsed JSON, or undefined where the body is none. */
export function parseJson(body: VerifiedBody): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
