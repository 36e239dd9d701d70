import { type Args, stringOf } from './arguments.ts'
import { identity } from './identity.ts'
import type { Message, Messages } from './messages.ts'
import { Refusal } from './refusal.ts'
import type { Channel, ChannelKind, Workspace } from './workspace.ts'

/** The rights of the app: what it may see and change. */
export interface Access {
  /** The channel that an argument names. A private channel without the app does not exist for it. */
  channel(id: string | undefined): Channel
  /** A channel that the app is a member of. Otherwise refuses with `not_in_channel`. */
  joined(id: string | undefined): Channel
  /**
   * A channel that the app may write to: joined and not archived. A person's id means their direct message.
   */
  writable(id: string | undefined): Channel
  /** The root of a thread that may be answered. Otherwise refuses with `code`. */
  root(channel: Channel, threadTs: string, code: string): Message
  message(channel: Channel, ts: string | undefined): Message
  /** True if one of `scopes` is granted. */
  holds(...scopes: readonly string[]): boolean
  /** Refuses with `missing_scope` unless one of `scopes` is granted. */
  demand(...scopes: readonly string[]): void
  /** `username`, `icon_url` and `icon_emoji` need chat:write.customize. */
  demandCustomize(args: Args): void
  /**
   * The scopes that were needed so far: without any of them a call would have been refused or an event not
   * sent.
   */
  readonly neededScopes: ReadonlySet<string>
}

/** The names that scopes and events use for each kind of channel. */
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
    // If several of them are granted, the app could do without any single one.
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
      // The ts of a reply does not name a thread. Slack's reference requires the parent's.
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
