import type { Clock } from '../clock.ts'
import { type Access, FAMILY, scopeFor } from './access.ts'
import type { Deliverer, Delivery } from './delivery.ts'
import { eventEnvelope } from './event-envelope.ts'
import { identity } from './identity.ts'
import type { JsonObject } from './json-object.ts'
import { messageJson } from './message-json.ts'
import type { Message, Messages } from './messages.ts'
import type { Channel, Workspace } from './workspace.ts'

/** The app's Request URLs. A kind of request without a URL is not sent. */
export interface RequestUrls {
  events: string
  interactivity?: string
  commands?: string
}

export interface Events {
  /**
   * Sends one event. `about` says in which channel and by whom it happened; `envelope` replaces fields of the
   * envelope.
   */
  send(
    event: JsonObject & { type: string },
    about?: { channel?: Channel; userId?: string },
    envelope?: JsonObject,
  ): Delivery | undefined
  posted(message: Message): void
  edited(message: Message, before: JsonObject): void
  deleted(message: Message, before: JsonObject): void
  /** Sends the event for a press of the Stop button. */
  stopped(event: JsonObject, about: { channel?: Channel; userId: string }): void
}

/**
 * Builds the events of docs.slack.dev/apis/events-api and sends them to the app, for channels that it is a
 * member of.
 */
export function createEvents(options: {
  clock: Clock
  workspace: Workspace
  messages: Messages
  deliverer: Deliverer
  urls: () => RequestUrls | undefined
  access: Pick<Access, 'holds'>
  /** The events that the app subscribes to, such as `message.im`. Without it, all events. */
  subscriptions?: ReadonlySet<string>
}): Events {
  const { clock, workspace, messages, deliverer, urls, access, subscriptions } = options
  let sent = 0
  let mentionFirst = false

  function send(
    event: JsonObject & { type: string },
    about: { channel?: Channel; userId?: string } = {},
    envelope: JsonObject = {},
  ) {
    const url = urls()?.events
    if (url === undefined) return undefined
    sent += 1
    const eventId = `Ev00FAKE${String(sent).padStart(4, '0')}`
    const built = eventEnvelope({
      event,
      eventId,
      now: clock.now(),
      teamId: workspace.people.get(about.userId ?? '')?.teamId ?? identity.teamId,
      shared: about.channel?.shared ?? false,
    })
    const body = JSON.stringify({ ...built, ...envelope })
    return deliverer.deliver({ kind: 'event', type: event.type, eventId, url, body }).delivery
  }

  /** True if the app gets this event: it subscribes to it and has one of the scopes. */
  const comes = (name: string, ...scopes: readonly string[]): boolean =>
    (subscriptions === undefined || subscriptions.has(name)) &&
    (scopes.length === 0 || access.holds(...scopes))
  const messagesCome = (channel: Channel) =>
    comes(`message.${FAMILY[channel.kind]}`, scopeFor(channel, 'history'))

  function place(message: Message) {
    const channel = workspace.channels.get(message.channel)
    if (!channel?.members.has(identity.botUserId)) return undefined
    const root = message.threadTs ? messages.find(channel.id, message.threadTs) : undefined
    const json: JsonObject = {
      ...messageJson(message, { workspace }),
      ...(root && { parent_user_id: root.user }),
      channel: channel.id,
    }
    return { channel, json, root }
  }

  const mentionsApp = ({ text, user }: Message) =>
    text.includes(`<@${identity.botUserId}>`) && user !== identity.botUserId

  function mention(message: Message, channel: Channel, json: JsonObject) {
    if (!comes('app_mention', 'app_mentions:read')) return
    const { subtype: _, ...rest } = json
    send({ ...rest, type: 'app_mention', event_ts: message.ts }, { channel, userId: message.user })
  }

  return {
    send,
    posted(message) {
      const at = place(message)
      if (!at) return
      const { channel, json, root } = at
      const extra = {
        ...(message.broadcast && root && { root: messageJson(root, { workspace }) }),
        // In `@slack/types` 3.2 only this subtype has `streaming_state`. Other posts of apps have no subtype.
        ...(message.stream && { subtype: 'bot_message' }),
      }
      const asMessage = () =>
        messagesCome(channel) &&
        send(
          { ...json, ...extra, type: 'message', event_ts: message.ts, channel_type: channel.kind },
          { channel, userId: message.user },
        )
      if (channel.kind === 'im' || !mentionsApp(message)) {
        asMessage()
        return
      }
      // Slack does not guarantee the order of the two (openclaw#34834). Here it alternates.
      mentionFirst = !mentionFirst
      if (mentionFirst) mention(message, channel, json)
      asMessage()
      if (!mentionFirst) mention(message, channel, json)
    },
    edited(message, before) {
      const at = place(message)
      if (!at) return
      const { channel: _, ...edited } = at.json
      const ts = messages.nextTs()
      const common = {
        subtype: 'message_changed',
        hidden: true,
        channel: message.channel,
        ts,
        event_ts: ts,
        channel_type: at.channel.kind,
      }
      if (messagesCome(at.channel))
        send(
          { type: 'message', ...common, message: edited, previous_message: before },
          { channel: at.channel, userId: message.user },
        )
      if (at.channel.kind !== 'im' && mentionsApp(message)) mention(message, at.channel, at.json)
    },
    deleted(message, before) {
      const at = place(message)
      if (!at || !messagesCome(at.channel)) return
      const ts = messages.nextTs()
      const common = {
        subtype: 'message_deleted',
        hidden: true,
        channel: message.channel,
        ts,
        event_ts: ts,
        channel_type: at.channel.kind,
      }
      send(
        { type: 'message', ...common, deleted_ts: message.ts, previous_message: before },
        { channel: at.channel, userId: message.user },
      )
    },
    stopped(event, about) {
      if (comes('agent_session_stopped')) send({ ...event, type: 'agent_session_stopped' }, about)
    },
  }
}
