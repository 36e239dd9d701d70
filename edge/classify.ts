import * as v from 'valibot'
import { access } from '../assistant.config.ts'
import type { Access } from '../backend/assistant.ts'
import type { Turn } from '../backend/handoff.ts'
import { Envelope, type EventCallback, Post, parseJson } from './envelope.ts'
import type { VerifiedBody } from './signature.ts'

/** What is to be done with a body that Slack signed. */
export type Decision =
  | { do: 'challenge'; text: string }
  | { do: 'ignore'; reason: string; eventId?: string }
  | { do: 'hand_off'; handoff: Turn }

/** So that a handoff fits a queue message's 128 KB in any script, at up to four bytes a character. */
const TEXT_LIMIT_CHARS = 16_000

/** What somebody wrote: a post, one with a file, a thread's reply sent to the channel as well, `/me`, and a bot's. */
const WRITTEN = new Set([undefined, 'file_share', 'thread_broadcast', 'me_message', 'bot_message'])

/**
 * | what came                                                            | decision             |
 * | -------------------------------------------------------------------- | -------------------- |
 * | `url_verification`                                                   | the challenge        |
 * | `app_mention`                                                        | a turn               |
 * | `message` in a direct message                                        | a turn               |
 * | `message` elsewhere that mentions the assistant                      | the same turn        |
 * | `message` elsewhere that does not                                    | ignored              |
 * | an edit, a deletion, a hidden or system message                      | ignored              |
 * | its own messages; other bots unless `access.bots` names them         | ignored              |
 * | people from outside the workspace unless `access.outsiders`          | ignored              |
 * | anything else                                                        | ignored, never an error: Slack must not send it again |
 *
 * `receivedAt` is in milliseconds of the Unix epoch; `slackRetryNum` is 0 on the first delivery.
 */
export function classify(body: VerifiedBody, seen: { receivedAt: number; slackRetryNum: number }, letIn: Access = access): Decision {
  const json = parseJson(body)
  if (json === undefined) return { do: 'ignore', reason: 'not_json' }
  const envelope = v.safeParse(Envelope, json)
  if (!envelope.success) return { do: 'ignore', reason: 'unknown_envelope' }
  if (envelope.output.type === 'url_verification') return { do: 'challenge', text: envelope.output.challenge }
  return classifyEvent(envelope.output, seen, letIn)
}

function classifyEvent(envelope: EventCallback, seen: { receivedAt: number; slackRetryNum: number }, letIn: Access): Decision {
  const eventId = envelope.event_id
  const ignore = (reason: string): Decision => ({ do: 'ignore', reason, eventId })

  const parsed = v.safeParse(Post, envelope.event)
  if (!parsed.success) return ignore('unknown_event')
  const post = parsed.output

  const bot = envelope.authorizations?.find((authorization) => authorization.is_bot)
  const teamId = envelope.authorizations?.[0]?.team_id ?? envelope.context_team_id ?? envelope.team_id
  const botUserId = bot?.user_id
  if (!teamId || !botUserId) return ignore('no_authorization')

  if (!WRITTEN.has(post.subtype ?? undefined)) return ignore(post.subtype ?? 'hidden')
  if (post.hidden) return ignore('hidden')
  if (post.edited) return ignore('edited')
  const author = post.user ?? post.bot_id
  if (!author) return ignore('no_author')
  if (post.user === botUserId || (post.app_id ?? post.bot_profile?.app_id) === envelope.api_app_id) return ignore('own_message')
  const botId = post.bot_id ?? post.bot_profile?.id
  if (botId ? !letIn.bots.includes(botId) : post.app_id) return ignore('bot')

  const userTeamId = post.user_team ?? post.team ?? teamId
  // A channel that is not shared outside holds only people of one's own company, though of several of its workspaces.
  if (userTeamId !== teamId && envelope.is_ext_shared_channel !== false && !letIn.outsiders) return ignore('outsider')

  const text = post.text ?? ''
  const channelType = toChannelType(post)
  // A mention that carries a file can arrive as `message` alone.
  const addressed =
    post.type === 'app_mention' || channelType === 'im' || text.includes(`<@${botUserId}>`) || text.includes(`<@${botUserId}|`)
  if (!addressed) return ignore('not_addressed')

  return {
    do: 'hand_off',
    handoff: {
      kind: 'turn',
      id: `${envelope.api_app_id}:${teamId}:${post.channel}:${post.ts}`,
      teamId,
      appId: envelope.api_app_id,
      receivedAt: seen.receivedAt,
      eventId,
      botUserId,
      trigger: post.type,
      channel: post.channel,
      channelType,
      ts: post.ts,
      threadTs: post.thread_ts ?? post.ts,
      userId: author,
      userTeamId,
      text: text.slice(0, TEXT_LIMIT_CHARS),
      slackRetryNum: seen.slackRetryNum,
    },
  }
}

function toChannelType(post: Post): Turn['channelType'] {
  const named = post.channel_type
  if (named === 'channel' || named === 'group' || named === 'im' || named === 'mpim') return named
  if (post.channel.startsWith('D')) return 'im'
  return post.channel.startsWith('G') ? 'group' : 'channel'
}
