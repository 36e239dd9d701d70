import { type Args, stringOf } from './arguments.ts'
import { identity } from './identity.ts'
import type { MethodContext, MethodHandlers } from './method-handler.ts'
import { Refusal } from './refusal.ts'

/** reactions.add and reactions.remove, on messages. */
export function reactions({ access, messages }: MethodContext): MethodHandlers {
  function target(args: Args) {
    const name = stringOf(args, 'name') ?? ''
    const timestamp = stringOf(args, 'timestamp')
    if (args.channel === undefined || timestamp === undefined) throw new Refusal('no_item_specified')
    if (!/^[a-z0-9_'+-]+(::skin-tone-[2-6])?$/.test(name)) throw new Refusal('invalid_name')
    if (!/^\d+\.\d+$/.test(timestamp)) throw new Refusal('bad_timestamp')
    const channel = access.joined(stringOf(args, 'channel'))
    const message = access.message(channel, timestamp)
    return { name, message, users: message.reactions.get(name) ?? [] }
  }

  return {
    'reactions.add': (args) => {
      const { name, message, users } = target(args)
      if (users.includes(identity.botUserId)) throw new Refusal('already_reacted')
      message.reactions.set(name, [...users, identity.botUserId])
      messages.changed(message)
      return {}
    },

    'reactions.remove': (args) => {
      const { name, message, users } = target(args)
      if (!users.includes(identity.botUserId)) throw new Refusal('no_reaction')
      const left = users.filter((user) => user !== identity.botUserId)
      if (left.length > 0) message.reactions.set(name, left)
      else message.reactions.delete(name)
      messages.changed(message)
      return {}
    },
  }
}
