import { messageFileJson } from './files.ts'
import { identity } from './identity.ts'
import type { JsonObject } from './json-object.ts'
import type { Message, Messages } from './messages.ts'
import { toRichText } from './text.ts'
import type { Workspace } from './workspace.ts'

/** The app's profile inside its own messages. */
const botProfile = ({ botId, appId }: { botId: string; appId: string }, name: string) => ({
  id: botId,
  app_id: appId,
  name,
  deleted: false,
  updated: 1_700_000_000,
  team_id: identity.teamId,
})

/** A message as events and the Web API show it. Includes `metadata` only if asked to. */
export function messageJson(
  message: Message,
  { workspace, metadata = false }: { workspace: Workspace; metadata?: boolean },
): JsonObject {
  const { ts, threadTs, user, bot, text, clientMsgId, attachments, edited, stream, reactions } = message
  const author = workspace.people.get(user)
  const drawn =
    text === '' || (bot && message.blocks.length > 0 && !stream) ? [] : [toRichText(text, `b${ts}`)]
  const blocks = [...drawn, ...message.blocks]
  return {
    type: 'message',
    user,
    ts,
    ...(clientMsgId && { client_msg_id: clientMsgId }),
    ...(bot && {
      bot_id: bot.botId,
      app_id: bot.appId,
      bot_profile: botProfile(bot, author?.realName ?? ''),
    }),
    text,
    team: author?.teamId ?? identity.teamId,
    ...(author &&
      author.teamId !== identity.teamId && { user_team: author.teamId, source_team: author.teamId }),
    ...(subtypeOf(message) && { subtype: subtypeOf(message) }),
    ...(threadTs && { thread_ts: threadTs }),
    blocks,
    ...(attachments && { attachments }),
    ...(message.files.length > 0 && { files: message.files.map(messageFileJson), upload: false }),
    ...(edited && { edited }),
    ...(stream && { streaming_state: stream.state }),
    ...(reactions.size > 0 && {
      reactions: [...reactions].map(([name, users]) => ({ name, users, count: users.length })),
    }),
    ...(metadata && message.metadata && { metadata: message.metadata }),
  }
}

/**
 * A message as the methods that read threads show it: the root also has the counts, replies also have the
 * root's author.
 */
export function threadMessageJson(
  message: Message,
  messages: Messages,
  options: { workspace: Workspace; metadata?: boolean },
): JsonObject {
  const thread = messages.thread(message.channel, message.threadTs ?? message.ts)
  const root = thread.find(({ ts }) => ts === (message.threadTs ?? message.ts))
  if (message.threadTs)
    return { ...messageJson(message, options), ...(root && { parent_user_id: root.user }) }
  const replies = thread.filter(
    ({ ts, deleted, ephemeralTo }) => ts !== message.ts && !deleted && !ephemeralTo,
  )
  const users = [...new Set(replies.map(({ user }) => user))]
  const counts = replies.length > 0 && {
    thread_ts: message.ts,
    reply_count: replies.length,
    reply_users_count: users.length,
    latest_reply: replies.at(-1)?.ts,
    reply_users: users,
    is_locked: false,
    subscribed: false,
  }
  if (message.deleted)
    return {
      type: 'message',
      subtype: 'tombstone',
      hidden: true,
      user: 'USLACKBOT',
      text: 'This message was deleted.',
      ts: message.ts,
      ...counts,
    }
  return { ...messageJson(message, options), ...counts }
}

function subtypeOf({ broadcast, files, bot }: Message) {
  if (broadcast) return 'thread_broadcast'
  return files.length > 0 && !bot ? 'file_share' : undefined
}
