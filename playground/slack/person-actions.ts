import type { Events } from './events.ts'
import type { Files, NewFile } from './files.ts'
import { identity } from './identity.ts'
import { messageJson } from './message-json.ts'
import type { Message, Messages } from './messages.ts'
import type { Sessions } from './sessions.ts'
import { endStream } from './streams.ts'
import { fromPerson } from './text.ts'
import type { Workspace } from './workspace.ts'

export interface Post {
  channel: string
  user: string
  /**
   * As typed: `@Vera` becomes a mention, an address a link, and `& < >` are escaped. Markup such as
   * `<@U00ADA>` is kept.
   */
  text: string
  threadTs?: string
  files?: readonly NewFile[]
  /** Also shows the reply in the channel. */
  broadcast?: boolean
  /** Of another app's message. Any app can write any metadata. */
  metadata?: Record<string, unknown>
}

/** Actions of people in Slack. Each sends the events that Slack would send. */
export interface PersonActions {
  /** Returns the message's ts. Other apps also post through this, as a person with `bot`. */
  post(post: Post): { ts: string }
  /** The author edits the message. */
  edit(edit: { channel: string; ts: string; text: string }): void
  /** The author deletes the message. */
  delete(message: { channel: string; ts: string }): void
  /**
   * Presses the Stop button of a thread. Throws if Slack shows none because the session is not processing.
   */
  pressStop(press: { channel: string; threadTs: string; user: string }): void
}

export function createPersonActions(options: {
  workspace: Workspace
  messages: Messages
  files: Files
  events: Events
  sessions: Sessions
}): PersonActions {
  const { workspace, messages, files, events, sessions } = options

  function own(channel: string, ts: string): Message {
    const message = messages.find(channel, ts)
    if (!message || message.user === identity.botUserId)
      throw new Error(`There is no message of a person with ts ${ts} in ${channel}.`)
    return message
  }

  return {
    post({ channel: id, user, text, threadTs, files: given = [], broadcast = false, metadata }) {
      const channel = workspace.channels.get(id)
      const author = workspace.people.get(user)
      if (!channel?.members.has(user) || !author) throw new Error(`${user} is not a member of ${id}.`)
      if (threadTs && messages.find(id, threadTs)?.threadTs)
        throw new Error(`${threadTs} is a reply: use the ts of its root.`)
      const attached = given.map((file) => files.add(file, user))
      const message = messages.add({
        channel: id,
        user,
        text: fromPerson(text),
        blocks: [],
        files: attached,
        broadcast,
        ...(threadTs && { threadTs }),
        ...(metadata && { metadata }),
        ...(author.bot ? { bot: author.bot } : { clientMsgId: crypto.randomUUID() }),
      })
      events.posted(message)
      return { ts: message.ts }
    },

    edit({ channel, ts, text }) {
      const message = own(channel, ts)
      const before = messageJson(message, { workspace })
      Object.assign(message, {
        text: fromPerson(text),
        edited: { user: message.user, ts: messages.nextTs() },
      })
      messages.changed(message)
      events.edited(message, before)
    },

    delete({ channel, ts }) {
      const message = own(channel, ts)
      const before = messageJson(message, { workspace })
      message.deleted = true
      messages.changed(message)
      events.deleted(message, before)
    },

    pressStop({ channel, threadTs, user }) {
      if (sessions.get(channel, threadTs)?.status !== 'processing')
        throw new Error('There is no Stop button: the session is not processing.')
      const streaming = messages
        .thread(channel, threadTs)
        .filter(({ stream, deleted }) => stream?.state === 'in_progress' && !deleted)
      for (const message of streaming) {
        if (message.stream) endStream(message.stream, 'person')
        messages.changed(message)
      }
      // The session's status does not change by itself
      // (docs.slack.dev/reference/events/agent_session_stopped).
      const stopped = {
        channel,
        user,
        thread_ts: threadTs,
        streaming_message_ts: streaming.map(({ ts }) => ts),
        event_ts: messages.nextTs(),
      }
      const about = workspace.channels.get(channel)
      events.stopped(stopped, { userId: user, ...(about && { channel: about }) })
    },
  }
}
