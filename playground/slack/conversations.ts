import { scopeFor } from './access.ts'
import { type Args, stringOf } from './arguments.ts'
import { identity } from './identity.ts'
import type { JsonObject } from './json-object.ts'
import { threadMessageJson } from './message-json.ts'
import type { Message } from './messages.ts'
import type { MethodContext, MethodHandlers } from './method-handler.ts'
import { page, windowOf } from './paging.ts'
import { Refusal } from './refusal.ts'
import type { Channel } from './workspace.ts'

/** conversations.info, members, open, history and replies. */
export function conversations({ workspace, messages, access }: MethodContext): MethodHandlers {
  const show = (args: Args) => (message: Message) =>
    threadMessageJson(message, messages, { workspace, metadata: args.include_all_metadata === true })
  const visible = ({ ephemeralTo }: Message) => ephemeralTo === undefined

  function readable(args: Args): Channel {
    const channel = access.joined(stringOf(args, 'channel'))
    access.demand(scopeFor(channel, 'history'))
    return channel
  }

  return {
    'conversations.info': (args) => {
      const channel = access.channel(stringOf(args, 'channel'))
      access.demand(scopeFor(channel, 'read'))
      return { channel: channelJson(channel, args.include_num_members === true) }
    },

    'conversations.members': (args) => {
      const channel = access.channel(stringOf(args, 'channel'))
      access.demand(scopeFor(channel, 'read'))
      const { items, next } = page([...channel.members], args, 100)
      return { members: items, response_metadata: { next_cursor: next } }
    },

    'conversations.open': (args) => {
      const id = stringOf(args, 'channel')
      const users = (stringOf(args, 'users') ?? '').split(',').filter(Boolean)
      if (!id && users.length === 0) throw new Refusal('users_list_not_supplied')
      if (users.some((user) => !workspace.people.has(user))) throw new Refusal('user_not_found')
      if (users.length > 1) throw new Refusal('method_not_supported_for_channel_type')
      access.demand('im:write')
      const channel = id ? access.joined(id) : workspace.openDirectMessage(users[0] ?? '')
      return { channel: args.return_im === true ? channelJson(channel, false) : { id: channel.id } }
    },

    'conversations.history': (args) => {
      const channel = readable(args)
      const inside = windowOf(args)
      const top = messages
        .inChannel(channel.id)
        .filter((message) => visible(message) && (!message.threadTs || message.broadcast))
      const shown = top.filter((message) => inside(message.ts) && (!message.deleted || hasReplies(message)))
      const { items, next } = page(shown.toReversed(), args, 100)
      return answer(items.map(show(args)), next)
    },

    'conversations.replies': (args) => {
      const channel = readable(args)
      const inside = windowOf(args)
      const asked = messages.inChannel(channel.id).find(({ ts }) => ts === args.ts)
      if (!asked || !visible(asked) || (asked.deleted && !hasReplies(asked)))
        throw new Refusal('thread_not_found')
      const rootTs = asked.threadTs ?? asked.ts
      const thread = messages.thread(channel.id, rootTs).filter(visible)
      // The root is always shown, even outside the window. A deleted root with replies is shown as a
      // tombstone.
      const shown = thread.filter(({ ts, deleted }) => ts === rootTs || (!deleted && inside(ts)))
      const { items, next } = page(shown, args, 1000)
      return answer(items.map(show(args)), next)
    },
  }

  function hasReplies({ channel, ts }: Message) {
    return messages.thread(channel, ts).some((reply) => reply.ts !== ts && !reply.deleted && visible(reply))
  }
}

const answer = (messages: JsonObject[], next: string): JsonObject => ({
  messages,
  has_more: next !== '',
  ...(next !== '' && { response_metadata: { next_cursor: next } }),
})

function channelJson({ id, name, kind, members, shared, archived }: Channel, withCount: boolean): JsonObject {
  const common = {
    id,
    created: 1_700_000_000,
    is_archived: archived,
    is_im: kind === 'im',
    is_mpim: kind === 'mpim',
    context_team_id: identity.teamId,
  }
  if (kind === 'im')
    return {
      ...common,
      user: [...members].find((member) => member !== identity.botUserId),
      is_open: true,
      is_ext_shared: shared,
    }
  return {
    ...common,
    name,
    name_normalized: name,
    is_channel: kind === 'channel',
    is_group: kind === 'group',
    is_private: kind !== 'channel',
    is_general: name === 'general',
    is_shared: shared,
    is_ext_shared: shared,
    is_org_shared: false,
    is_member: members.has(identity.botUserId),
    creator: [...members][0],
    topic: { value: '', creator: '', last_set: 0 },
    purpose: { value: '', creator: '', last_set: 0 },
    ...(withCount && { num_members: members.size }),
  }
}
