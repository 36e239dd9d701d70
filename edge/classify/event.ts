import * as v from 'valibot'
import type { Access } from '../../backend/assistant.ts'
import type { Turn } from '../../backend/handoff.ts'
import type { VerifiedBody } from '../signature.ts'
import type { Decision, IgnoreReason, RequestMeta } from './decision.ts'
import { Envelope, type EventCallback, Post, parseJson, SessionStop } from './envelope.ts'
import { truncate } from './text-limit.ts'

/** Subtypes of posts that somebody wrote. The others are system messages. */
const POST_SUBTYPES = new Set([undefined, 'file_share', 'thread_broadcast', 'me_message', 'bot_message'])

/** The rows for `events` of classify's table. */
export function classifyEvent(body: VerifiedBody, meta: RequestMeta, allowed: Access): Decision {
  const json = parseJson(body)
  if (json === undefined) return { kind: 'ignore', reason: 'not_json' }
  const envelope = v.safeParse(Envelope, json)
  if (!envelope.success) return { kind: 'ignore', reason: 'unknown_envelope' }
  switch (envelope.output.type) {
    case 'url_verification':
      return { kind: 'challenge', text: envelope.output.challenge }
    case 'app_rate_limited':
      return { kind: 'ignore', reason: 'app_rate_limited' }
    case 'event_callback':
      return envelope.output.event.type === 'agent_session_stopped'
        ? classifyStop(envelope.output, meta)
        : classifyPost(envelope.output, meta, allowed)
  }
}

function classifyPost(envelope: EventCallback, meta: RequestMeta, allowed: Access): Decision {
  const { event_id: eventId, api_app_id: appId } = envelope
  const ignore = (reason: IgnoreReason): Decision => ({ kind: 'ignore', reason, eventId })

  const parsed = v.safeParse(Post, envelope.event)
  if (!parsed.success) return ignore('unknown_event')
  const post = parsed.output

  const teamId = teamOf(envelope)
  const botUserId = envelope.authorizations?.find((authorization) => authorization.is_bot)?.user_id
  if (!teamId || !botUserId) return ignore('no_authorization')

  if (post.subtype === 'message_changed' || post.edited) return ignore('edit')
  if (post.subtype === 'message_deleted') return ignore('deletion')
  if (post.hidden) return ignore('hidden')
  if (!POST_SUBTYPES.has(post.subtype ?? undefined)) return ignore('system_message')

  const botId = post.bot_id ?? post.bot_profile?.id
  const botAppId = post.app_id ?? post.bot_profile?.app_id
  if (post.user === botUserId || botAppId === appId) return ignore('own_message')
  const byBot = botId || botAppId || post.bot_profile || post.subtype === 'bot_message'
  if (byBot && !(botId && allowed.bots.includes(botId))) return ignore('bot')
  const author = post.user ?? botId
  if (!author) return ignore('no_author')

  // A channel that is not shared has only people of our company, even if they are in several of its
  // workspaces.
  const sharedOutside = envelope.is_ext_shared_channel !== false
  // In a shared channel, the envelope's team is the author's if the post does not name one.
  const namedTeamId =
    post.user_team ??
    post.source_team ??
    post.team ??
    (sharedOutside ? envelope.team_id : undefined) ??
    teamId
  // For our organization's own people, Slack can name the organization. A stream's recipient needs a workspace.
  const userTeamId = organizationOf(envelope).has(namedTeamId) ? teamId : namedTeamId
  if (sharedOutside && userTeamId !== teamId && !allowed.outsiders) return ignore('outsider')

  const text = post.text ?? ''
  const channelType = channelTypeOf(post)
  const mentioned =
    post.type === 'app_mention' || text.includes(`<@${botUserId}>`) || text.includes(`<@${botUserId}|`)
  if (!mentioned && channelType !== 'im') return ignore('not_addressed')

  return {
    kind: 'hand_off',
    handoff: {
      kind: 'turn',
      // Identifies the post, not the event: one post can arrive with several event ids.
      id: `${appId}:${teamId}:${post.channel}:${post.ts}`,
      teamId,
      appId,
      receivedAt: meta.receivedAt,
      eventId,
      botUserId,
      trigger: post.type,
      channel: post.channel,
      channelType,
      ts: post.ts,
      threadTs: post.thread_ts ?? post.ts,
      userId: author,
      userTeamId,
      text: truncate(text),
      slackRetryNum: meta.slackRetryNum,
    },
  }
}

function classifyStop(envelope: EventCallback, { receivedAt }: RequestMeta): Decision {
  const { event_id: eventId, api_app_id: appId } = envelope
  const parsed = v.safeParse(SessionStop, envelope.event)
  if (!parsed.success) return { kind: 'ignore', reason: 'unknown_event', eventId }
  const teamId = teamOf(envelope)
  if (!teamId) return { kind: 'ignore', reason: 'no_authorization', eventId }
  const {
    channel,
    thread_ts: threadTs,
    streaming_message_ts: streamingTs,
    user: userId,
    event_ts: eventTs,
  } = parsed.output
  const place = { channel, threadTs, streamingTs: streamingTs ?? [] }
  return {
    kind: 'hand_off',
    handoff: { kind: 'stop', teamId, appId, receivedAt, eventId, eventTs, ...place, userId },
  }
}

/**
 * The workspace that installed the app. In Slack Connect, the envelope's `team_id` can be the other
 * company's.
 */
function teamOf(envelope: EventCallback): string | null | undefined {
  return envelope.authorizations?.[0]?.team_id ?? envelope.context_team_id ?? envelope.team_id
}

/**
 * The Enterprise organization of the workspace that installed the app, and the workspaces of it that Slack names.
 * https://docs.slack.dev/apis/events-api/#authorizations
 */
function organizationOf({ authorizations }: EventCallback): Set<string | null | undefined> {
  const organization = authorizations?.[0]?.enterprise_id
  const ours = (authorizations ?? []).filter(({ enterprise_id }) => enterprise_id === organization)
  return new Set(organization ? [organization, ...ours.map(({ team_id }) => team_id)] : [])
}

function channelTypeOf(post: Post): Turn['channelType'] {
  const named = post.channel_type
  if (named === 'channel' || named === 'group' || named === 'im' || named === 'mpim') return named
  if (post.channel.startsWith('D')) return 'im'
  return post.channel.startsWith('G') ? 'group' : 'channel'
}
