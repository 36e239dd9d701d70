import { type Args, stringOf } from './arguments.ts'
import { identity } from './identity.ts'
import type { Message, Messages } from './messages.ts'
import { Refusal } from './refusal.ts'
import type { Channel, ChannelKind, Workspace } from './workspace.ts'

/** What the app may see and touch. */
export interface Access {
  /** The channel that an argument names; a private one without the app does not exist for it. */
  channel(id: string | undefined): Channel
  /** A channel of which the app is a member, else `not_in_channel`. */
  joined(id: string | undefined): Channel
  /** The same, for writing: not an archived one. A person's id stands for their direct message. */
  writable(id: string | undefined): Channel
  /** The root of a thread that may be answered, else the refusal `code`. */
  root(channel: Channel, threadTs: string, code: string): Message
  message(channel: Channel, ts: string | undefined): Message
  /** Whether one of `scopes` is granted. */
  holds(...scopes: readonly string[]): boolean
  /** Refuses with `missing_scope` unless one of `scopes` is granted. */
  demand(...scopes: readonly string[]): void
  /** `username`, `icon_url` and `icon_emoji` need chat:write.customize. */
  demandCustomize(args: Args): void
  /** The scopes without which something would have been refused, or not been sent. */
  readonly neededScopes: ReadonlySet<string>
}

/** As scopes and events name a kind of channel. */
export const FAMILY: Readonly<Record<ChannelKind, string>> = {
  channel: 'channels',
  group: 'groups',
  mpim: 'mpim',
  im: 'im',
}

/** `channels:history` for a public channel, `im:history` for a direct message, and so on. */
export const scopeFor = (channel: Channel, verb: 'history' | 'read') => `${FAMILY[channel.kind]}:${verb}`

export function createAccess(options: {
  workspace: Workspace
  messages: Messages
  scopes: ReadonlySet<string>
}): Access {
  const { workspace, messages, scopes } = options
  const neededScopes = new Set<string>()

  function channel(id = ''): Channel {
    const found = workspace.channels.get(id)
    if (!found || (found.kind !== 'channel' && !found.members.has(identity.botUserId)))
      throw new Refusal('channel_not_found')
    return found
  }

  function joined(id: string | undefined): Channel {
    const found = channel(id)
    if (!found.members.has(identity.botUserId)) throw new Refusal('not_in_channel')
    return found
  }

  function holds(...needed: readonly string[]): boolean {
    const [only, ...more] = needed.filter((scope) => scopes.has(scope))
    // Of several, each could be done without.
    if (only !== undefined && more.length === 0) neededScopes.add(only)
    return only !== undefined
  }

  function demand(...needed: readonly string[]) {
    if (needed.length === 0 || holds(...needed)) return
    throw new Refusal('missing_scope', { needed: needed.join(','), provided: [...scopes].join(',') })
  }

  return {
    channel,
    joined,
    holds,
    demand,
    neededScopes,
    writable(id = '') {
      const known = workspace.people.has(id) ? workspace.openDirectMessage(id) : channel(id)
      if (known.archived) throw new Refusal('is_archived')
      return known.kind === 'channel' && scopes.has('chat:write.public') ? known : joined(known.id)
    },
    root({ id }, threadTs, code) {
      const found = messages.find(id, threadTs)
      // A reply's ts is not a thread: Slack's reference asks for the parent's.
      if (!found || found.threadTs) throw new Refusal(code)
      return found
    },
    message({ id }, ts = '') {
      const found = messages.find(id, ts)
      if (!found) throw new Refusal('message_not_found')
      return found
    },
    demandCustomize(args) {
      if (['username', 'icon_url', 'icon_emoji'].some((name) => stringOf(args, name)))
        demand('chat:write.customize')
    },
  }
}
