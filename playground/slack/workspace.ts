import { identity } from './identity.ts'

export interface Person {
  id: string
  /** Another workspace's id if the person comes in through Slack Connect. */
  teamId: string
  name: string
  realName: string
  timezone: string
  guest: boolean
  /** Only for apps. */
  bot?: { botId: string; appId: string }
}

export type ChannelKind = 'channel' | 'group' | 'mpim' | 'im'

export interface Channel {
  id: string
  name: string
  kind: ChannelKind
  members: Set<string>
  /** Shared with another company through Slack Connect. */
  shared: boolean
  archived: boolean
}

export interface NewPerson {
  /** Handle in lower case. The id becomes `U00NAME`. */
  name: string
  realName?: string
  teamId?: string
  timezone?: string
  guest?: boolean
  bot?: boolean
}

export interface NewChannel {
  /** Name in lower case. The id becomes `C00NAME`. */
  name: string
  kind?: 'channel' | 'group' | 'mpim'
  /** Ids of people. The app is also a member unless `withoutApp` is set. */
  members: readonly string[]
  withoutApp?: boolean
  shared?: boolean
  archived?: boolean
}

export interface UserGroup {
  id: string
  handle: string
  name: string
  users: readonly string[]
}

export interface Workspace {
  people: ReadonlyMap<string, Person>
  channels: ReadonlyMap<string, Channel>
  userGroups: readonly UserGroup[]
  addUser(person: NewPerson): Person
  addChannel(channel: NewChannel): Channel
  /** The direct message between the app and one person: `D00NAME`. */
  openDirectMessage(userId: string): Channel
}

const idPart = (name: string) => name.toUpperCase().replace(/[^A-Z0-9]/g, '')

/**
 * A workspace with Ada, Grace, Linus and the app; #general, a private channel, a group direct message, and
 * Ada's direct message.
 */
export function createWorkspace(): Workspace {
  const people = new Map<string, Person>()
  const channels = new Map<string, Channel>()

  function addUser({
    name,
    realName = name,
    teamId = identity.teamId,
    timezone = 'Europe/London',
    guest = false,
    bot,
  }: NewPerson): Person {
    const id = `U00${idPart(name)}`
    const app = bot ? { bot: { botId: `B00${idPart(name)}`, appId: `A00${idPart(name)}` } } : {}
    const person = { id, teamId, name, realName, timezone, guest, ...app }
    people.set(id, person)
    return person
  }

  function addChannel({
    name,
    kind = 'channel',
    members,
    withoutApp,
    shared = false,
    archived = false,
  }: NewChannel): Channel {
    const inside = new Set(withoutApp ? members : [...members, identity.botUserId])
    const channel = { id: `C00${idPart(name)}`, name, kind, members: inside, shared, archived }
    channels.set(channel.id, channel)
    return channel
  }

  function openDirectMessage(userId: string): Channel {
    const id = `D00${userId.replace(/^U00/, '')}`
    const shared = people.get(userId)?.teamId !== identity.teamId
    const opened = {
      id,
      name: '',
      kind: 'im' as const,
      members: new Set([userId, identity.botUserId]),
      shared,
      archived: false,
    }
    const channel = channels.get(id) ?? opened
    channels.set(id, channel)
    return channel
  }

  people.set(identity.botUserId, {
    id: identity.botUserId,
    teamId: identity.teamId,
    name: 'vera',
    realName: identity.appName,
    timezone: 'Europe/London',
    guest: false,
    bot: { botId: identity.botId, appId: identity.appId },
  })
  const ada = addUser({ name: 'ada', realName: 'Ada Fake' }).id
  const grace = addUser({ name: 'grace', realName: 'Grace Fake', timezone: 'America/New_York' }).id
  const linus = addUser({ name: 'linus', realName: 'Linus Fake', timezone: 'America/Los_Angeles' }).id
  addChannel({ name: 'general', members: [ada, grace, linus] })
  addChannel({ name: 'private', kind: 'group', members: [ada, grace] })
  addChannel({ name: 'groupdm', kind: 'mpim', members: [ada, grace] })
  openDirectMessage(ada)
  const userGroups = [{ id: 'S00HELPDESK', handle: 'helpdesk', name: 'Help desk', users: [grace] }]
  return { people, channels, userGroups, addUser, addChannel, openDirectMessage }
}
