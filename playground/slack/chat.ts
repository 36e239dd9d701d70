import { type Args, stringOf } from './arguments.ts'
import { readContent, readMetadata } from './content.ts'
import { identity } from './identity.ts'
import { messageJson } from './message-json.ts'
import type { Message } from './messages.ts'
import type { MethodContext, MethodHandlers } from './method-handler.ts'
import { Refusal } from './refusal.ts'
import type { Channel } from './workspace.ts'

/** The app as the author of a message. */
export const byApp = { user: identity.botUserId, bot: { botId: identity.botId, appId: identity.appId } }

/** chat.postMessage, update, delete, postEphemeral and getPermalink. */
export function chat(context: MethodContext): MethodHandlers {
  const { workspace, messages, events, access, limits, sessions } = context

  function own(args: Args, code: string): { channel: Channel; message: Message } {
    const channel = access.joined(stringOf(args, 'channel'))
    const message = access.message(channel, stringOf(args, 'ts'))
    if (message.user !== identity.botUserId) throw new Refusal(code)
    return { channel, message }
  }

  return {
    'chat.postMessage': (args) => {
      access.demandCustomize(args)
      const channel = access.writable(stringOf(args, 'channel'))
      const { text = '', markdown, blocks = [], attachments } = readContent(args, limits)
      const metadata = readMetadata(args)
      const given = stringOf(args, 'thread_ts')
      // Slack can post at the channel's root if the thread's first message was deleted (slack-go#1571).
      const isDeleted = messages.inChannel(channel.id).some(({ ts, deleted }) => ts === given && deleted)
      const threadTs = isDeleted ? undefined : given
      if (threadTs) access.root(channel, threadTs, 'cannot_reply_to_message')
      const message = messages.add({
        ...byApp,
        channel: channel.id,
        text: text.slice(0, limits.postTextChars),
        blocks,
        files: [],
        broadcast: threadTs !== undefined && args.reply_broadcast === true,
        ...(threadTs && { threadTs }),
        ...(markdown !== undefined && { markdown }),
        ...(attachments && { attachments }),
        ...(metadata && { metadata }),
      })
      // A reply clears the text of assistant.threads.setStatus
      // (docs.slack.dev/reference/methods/assistant.threads.setStatus).
      if (threadTs) sessions.say(channel.id, threadTs, '')
      events.posted(message)
      return {
        channel: channel.id,
        ts: message.ts,
        message: messageJson(message, { workspace, metadata: true }),
      }
    },

    'chat.update': (args) => {
      const { channel, message } = own(args, 'cant_update_message')
      if (message.stream?.state === 'in_progress') throw new Refusal('streaming_state_conflict')
      const { text, markdown, blocks, attachments } = readContent(args, limits)
      if (text !== undefined && markdown === undefined && Buffer.byteLength(text) > limits.updateTextBytes)
        throw new Refusal('msg_too_long')
      const metadata = readMetadata(args)
      const before = messageJson(message, { workspace })
      if (text !== undefined || blocks) {
        delete message.markdown
        // The streamed text is the message's text, so new content replaces it.
        if (message.stream) message.stream.content = { parts: [], tasks: [] }
      }
      Object.assign(message, {
        ...(text !== undefined && { text }),
        ...(markdown !== undefined && { markdown }),
        ...(blocks && { blocks }),
        ...(attachments && { attachments }),
        ...(metadata && { metadata }),
        edited: { user: identity.botUserId, ts: messages.nextTs() },
      })
      messages.changed(message)
      events.edited(message, before)
      return {
        channel: channel.id,
        ts: message.ts,
        text: message.text,
        message: messageJson(message, { workspace, metadata: true }),
      }
    },

    'chat.delete': (args) => {
      const { channel, message } = own(args, 'cant_delete_message')
      const before = messageJson(message, { workspace })
      message.deleted = true
      messages.changed(message)
      events.deleted(message, before)
      return { channel: channel.id, ts: message.ts }
    },

    'chat.postEphemeral': (args) => {
      access.demandCustomize(args)
      const channel = access.writable(stringOf(args, 'channel'))
      const user = stringOf(args, 'user') ?? ''
      if (!channel.members.has(user)) throw new Refusal('user_not_in_channel')
      const { text = '', markdown, blocks = [] } = readContent(args, limits)
      const threadTs = stringOf(args, 'thread_ts')
      if (threadTs) access.root(channel, threadTs, 'cannot_reply_to_message')
      const shown = { text, blocks, files: [], broadcast: false, ephemeralTo: user }
      const message = messages.add({
        ...byApp,
        channel: channel.id,
        ...shown,
        ...(markdown !== undefined && { markdown }),
        ...(threadTs && { threadTs }),
      })
      return { message_ts: message.ts }
    },

    'chat.getPermalink': (args) => {
      const channel = access.channel(stringOf(args, 'channel'))
      const { ts, threadTs } = access.message(channel, stringOf(args, 'message_ts'))
      const thread = threadTs ? `?thread_ts=${threadTs}&cid=${channel.id}` : ''
      return {
        channel: channel.id,
        permalink: `https://${identity.teamDomain}.slack.com/archives/${channel.id}/p${ts.replace('.', '')}${thread}`,
      }
    },
  }
}
