import * as v from 'valibot'
import type { VerifiedBody } from '../signature.ts'

// The schemas list only the fields that we read. Slack sends many more and may add or change them at any
// time.

/** Slack's ids are far shorter. With this limit and the text's, every handoff fits into a queue message. */
const Id = v.pipe(v.string(), v.nonEmpty(), v.maxLength(160))
const MaybeId = v.nullish(Id)
const MaybeText = v.nullish(v.string())

/** `enterprise_id` is set if the workspace belongs to an Enterprise organization. */
const Authorization = v.object({
  enterprise_id: MaybeId,
  team_id: MaybeId,
  user_id: MaybeId,
  is_bot: v.nullish(v.boolean()),
})

/**
 * https://docs.slack.dev/apis/events-api
 */
export const EventCallback = v.object({
  type: v.literal('event_callback'),
  team_id: MaybeId,
  context_team_id: MaybeId,
  api_app_id: Id,
  event_id: Id,
  authorizations: v.nullish(v.array(Authorization)),
  is_ext_shared_channel: v.nullish(v.boolean()),
  event: v.looseObject({ type: v.string() }),
})
export type EventCallback = v.InferOutput<typeof EventCallback>

export const Envelope = v.variant('type', [
  v.object({ type: v.literal('url_verification'), challenge: v.string() }),
  v.object({ type: v.literal('app_rate_limited') }),
  EventCallback,
])

/** A post. Slack sends it as `message`, as `app_mention`, or as both. */
export const Post = v.object({
  type: v.picklist(['message', 'app_mention']),
  channel: Id,
  channel_type: MaybeText,
  ts: Id,
  thread_ts: MaybeId,
  user: MaybeId,
  text: MaybeText,
  subtype: MaybeText,
  hidden: v.nullish(v.boolean()),
  /** Set if Slack sends a mention again because its post was edited. */
  edited: v.nullish(v.unknown()),
  bot_id: MaybeId,
  app_id: MaybeId,
  bot_profile: v.nullish(v.object({ id: MaybeId, app_id: MaybeId })),
  /** The author's workspace. In Slack Connect it can differ from ours. */
  user_team: MaybeId,
  source_team: MaybeId,
  team: MaybeId,
})
export type Post = v.InferOutput<typeof Post>

/** The Stop button of an agent session. https://docs.slack.dev/ai/agent-sessions */
export const SessionStop = v.object({
  type: v.literal('agent_session_stopped'),
  channel: Id,
  user: Id,
  thread_ts: Id,
  streaming_message_ts: v.nullish(v.pipe(v.array(Id), v.maxLength(100))),
  event_ts: Id,
})

/**
 * A click on a button of a message.
 * https://docs.slack.dev/reference/interaction-payloads/block_actions-payload
 */
export const Click = v.object({
  type: v.literal('block_actions'),
  api_app_id: Id,
  /** Null if the app is installed in a whole Enterprise organization. */
  team: v.nullish(v.object({ id: Id })),
  enterprise: v.nullish(v.object({ id: Id })),
  user: v.object({ id: Id }),
  channel: v.object({ id: Id }),
  container: v.object({ message_ts: Id, thread_ts: MaybeId }),
  response_url: MaybeText,
  /** Slack sends exactly one action for a click. */
  actions: v.tuple([v.object({ action_id: v.string(), value: MaybeText })]),
})

/**
 * https://docs.slack.dev/interactivity/implementing-slash-commands
 */
export const SlashCommand = v.object({
  command: v.pipe(Id, v.startsWith('/')),
  text: v.optional(v.string(), ''),
  api_app_id: Id,
  team_id: Id,
  channel_id: Id,
  user_id: Id,
  trigger_id: Id,
})

/** The parsed body, or undefined if it is not JSON. */
export function parseJson(body: VerifiedBody): unknown {
  return jsonOf(body)
}

/** The fields of a form. If a name occurs twice, the last value counts. */
export function parseForm(body: VerifiedBody): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(body))
}

/** The parsed JSON in the form's field `payload`, or undefined if it is not JSON. */
export function parsePayload(body: VerifiedBody): unknown {
  return jsonOf(parseForm(body).payload ?? '')
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
