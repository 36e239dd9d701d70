import { describe, expect, test } from 'vitest'
import { errorOf, openSlack } from './open-slack.ts'

const channel = 'C00GENERAL'

describe('the workspace', () => {
  test('has people, guests, people of other companies, and apps', async () => {
    const { slack, client } = await openSlack()
    slack.addUser({ name: 'zoe', teamId: 'T00OTHER' })
    slack.addUser({ name: 'gast', guest: true })
    slack.addUser({ name: 'robot', bot: true })
    expect(await client.users.info({ user: 'U00ADA' })).toMatchObject({
      user: { real_name: 'Ada Fake', team_id: 'T00FAKE', is_bot: false, is_restricted: false },
    })
    expect(await client.users.info({ user: 'U00ZOE' })).toMatchObject({
      user: { team_id: 'T00OTHER', is_stranger: true },
    })
    expect(await client.users.info({ user: 'U00GAST' })).toMatchObject({ user: { is_restricted: true } })
    expect(await client.bots.info({ bot: 'B00ROBOT' })).toMatchObject({
      bot: { app_id: 'A00ROBOT', user_id: 'U00ROBOT' },
    })
    expect(await errorOf(client.users.info({ user: 'U00NOBODY' }))).toBe('user_not_found')
    expect(await errorOf(client.bots.info({ bot: 'B00NOBODY' }))).toBe('bot_not_found')
    expect((await client.users.list({})).members).toHaveLength(7)
  })

  test('has the app, the team, channels and user groups', async () => {
    const { client } = await openSlack()
    expect(await client.auth.test()).toMatchObject({
      team_id: 'T00FAKE',
      user_id: 'U00VERA',
      bot_id: 'B00VERA',
    })
    expect(await client.team.info()).toMatchObject({ team: { id: 'T00FAKE' } })
    expect(await client.conversations.info({ channel: 'C00PRIVATE' })).toMatchObject({
      channel: { is_private: true, is_group: true },
    })
    expect(await client.conversations.info({ channel: 'D00ADA' })).toMatchObject({
      channel: { is_im: true, user: 'U00ADA' },
    })
    expect((await client.conversations.members({ channel })).members).toEqual([
      'U00ADA',
      'U00GRACE',
      'U00LINUS',
      'U00VERA',
    ])
    expect(await client.usergroups.list({ include_users: true })).toMatchObject({
      usergroups: [{ id: 'S00HELPDESK', users: ['U00GRACE'] }],
    })
  })
})
