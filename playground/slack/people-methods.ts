import { stringOf } from './arguments.ts'
import { identity } from './identity.ts'
import type { JsonObject } from './json-object.ts'
import type { MethodContext, MethodHandlers } from './method-handler.ts'
import { page } from './paging.ts'
import { Refusal } from './refusal.ts'
import type { Person } from './workspace.ts'

/** auth.test, api.test, users.*, bots.info, team.info and usergroups.list. */
export function peopleMethods({ workspace }: MethodContext): MethodHandlers {
  return {
    'api.test': (args) => {
      const error = stringOf(args, 'error')
      if (error) throw new Refusal(error, { args })
      return { args }
    },

    'auth.test': () => ({
      url: `https://${identity.teamDomain}.slack.com/`,
      team: identity.teamName,
      user: 'vera',
      team_id: identity.teamId,
      user_id: identity.botUserId,
      bot_id: identity.botId,
      is_enterprise_install: false,
    }),

    'users.info': (args) => {
      const person = workspace.people.get(stringOf(args, 'user') ?? '')
      if (!person) throw new Refusal('user_not_found')
      return { user: userJson(person) }
    },

    'users.list': (args) => {
      const { items, next } = page([...workspace.people.values()], args, 1000)
      return {
        members: items.map(userJson),
        cache_ts: 1_700_000_000,
        response_metadata: { next_cursor: next },
      }
    },

    'bots.info': (args) => {
      const asked = stringOf(args, 'bot') ?? identity.botId
      const person = [...workspace.people.values()].find(({ bot }) => bot?.botId === asked)
      if (!person?.bot) throw new Refusal('bot_not_found')
      const { botId, appId } = person.bot
      return {
        bot: {
          id: botId,
          app_id: appId,
          user_id: person.id,
          name: person.realName,
          deleted: false,
          updated: 1_700_000_000,
          icons: {},
        },
      }
    },

    'team.info': (args) => {
      if ((stringOf(args, 'team') ?? identity.teamId) !== identity.teamId) throw new Refusal('team_not_found')
      return {
        team: {
          id: identity.teamId,
          name: identity.teamName,
          domain: identity.teamDomain,
          email_domain: '',
          icon: {},
        },
      }
    },

    'usergroups.list': (args) => ({
      usergroups: workspace.userGroups.map(({ id, handle, name, users }) => ({
        id,
        team_id: identity.teamId,
        is_usergroup: true,
        name,
        handle,
        description: '',
        is_external: false,
        date_delete: 0,
        ...(args.include_users === true && { users }),
        ...(args.include_count === true && { user_count: users.length }),
      })),
    }),
  }
}

function userJson({ id, teamId, name, realName, timezone, guest, bot }: Person): JsonObject {
  const stranger = teamId !== identity.teamId
  return {
    id,
    team_id: teamId,
    name,
    real_name: realName,
    deleted: false,
    tz: timezone,
    // Empty for people who never set a display name.
    profile: {
      real_name: realName,
      display_name: '',
      real_name_normalized: realName,
      team: teamId,
      ...(bot && { bot_id: bot.botId, api_app_id: bot.appId }),
    },
    is_admin: false,
    is_owner: false,
    is_restricted: guest,
    is_ultra_restricted: false,
    is_bot: bot !== undefined,
    is_app_user: false,
    ...(stranger && { is_stranger: true }),
    updated: 1_700_000_000,
  }
}
