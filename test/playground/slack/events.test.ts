import { beforeEach, describe, expect, test } from 'vitest'
import { type AppServer, startApp } from './app-server.ts'
import { openSlack, type TestSlack } from './open-slack.ts'

const channel = 'C00GENERAL'

let opened: TestSlack
let app: AppServer

beforeEach(async () => {
  opened = await openSlack()
  app = await startApp((response) => response.end())
  opened.slack.connect({ events: app.url })
})

/** The envelopes that arrived, sorted by event id because parallel requests may overtake each other. */
async function arrived() {
  await opened.slack.settled()
  const envelopes = app.received.map(({ body }) => JSON.parse(body))
  return envelopes.sort((a, b) => (a.event_id < b.event_id ? -1 : 1))
}

const typesOf = async () => (await arrived()).map(({ event }) => event.type)

test('a message event has the envelope of the Events API', async () => {
  const { ts } = opened.slack.post({ channel, user: 'U00ADA', text: 'hi' })
  const [envelope] = await arrived()
  expect(envelope).toMatchObject({
    type: 'event_callback',
    team_id: 'T00FAKE',
    context_team_id: 'T00FAKE',
    context_enterprise_id: null,
    api_app_id: 'A00FAKE',
    event_id: 'Ev00FAKE0001',
    event_time: expect.any(Number),
    event_context: expect.any(String),
    is_ext_shared_channel: false,
    authorizations: [
      {
        enterprise_id: null,
        team_id: 'T00FAKE',
        user_id: 'U00VERA',
        is_bot: true,
        is_enterprise_install: false,
      },
    ],
    event: {
      type: 'message',
      channel,
      channel_type: 'channel',
      user: 'U00ADA',
      text: 'hi',
      ts,
      event_ts: ts,
      client_msg_id: expect.any(String),
    },
  })
})

describe('a mention', () => {
  test('sends two events with two ids and one ts, in alternating order', async () => {
    const first = opened.slack.post({ channel, user: 'U00ADA', text: '@Vera hi' })
    const second = opened.slack.post({ channel, user: 'U00ADA', text: '<@U00VERA> hi' })
    const envelopes = await arrived()
    expect(envelopes.map(({ event }) => [event.type, event.ts])).toEqual([
      ['app_mention', first.ts],
      ['message', first.ts],
      ['message', second.ts],
      ['app_mention', second.ts],
    ])
    expect(new Set(envelopes.map(({ event_id }) => event_id)).size).toBe(4)
    expect(envelopes[0].event.text).toBe('<@U00VERA> hi')
  })

  test('sends two events in a group direct message, and one in a direct message', async () => {
    opened.slack.post({ channel: 'C00GROUPDM', user: 'U00ADA', text: '@Vera hi' })
    expect(await typesOf()).toEqual(['app_mention', 'message'])
    opened.slack.post({ channel: 'D00ADA', user: 'U00ADA', text: '@Vera hi' })
    const last = (await arrived()).slice(2)
    expect(last).toMatchObject([{ event: { type: 'message', channel_type: 'im', channel: 'D00ADA' } }])
  })

  test('sends an app_mention again if the message is edited', async () => {
    const { ts } = opened.slack.post({ channel, user: 'U00ADA', text: '@Vera hi' })
    opened.slack.edit({ channel, ts, text: '@Vera hi there' })
    const again = (await arrived()).slice(2)
    expect(again).toMatchObject([
      {
        event: {
          type: 'message',
          subtype: 'message_changed',
          hidden: true,
          message: { ts, text: '<@U00VERA> hi there' },
          previous_message: { text: '<@U00VERA> hi' },
        },
      },
      { event: { type: 'app_mention', ts, text: '<@U00VERA> hi there', edited: { user: 'U00ADA' } } },
    ])
  })
})

describe('a message event', () => {
  test('is sent for a reply, a broadcast reply, a file and a deletion', async () => {
    const { ts } = opened.slack.post({ channel, user: 'U00ADA', text: 'root' })
    const reply = opened.slack.post({ channel, user: 'U00GRACE', text: 'reply', threadTs: ts })
    opened.slack.post({ channel, user: 'U00GRACE', text: 'for all', threadTs: ts, broadcast: true })
    opened.slack.post({ channel, user: 'U00GRACE', text: 'see', files: [{ name: 'a.txt', content: 'a' }] })
    opened.slack.delete({ channel, ts: reply.ts })
    expect(await arrived()).toMatchObject([
      { event: { text: 'root' } },
      { event: { text: 'reply', thread_ts: ts, parent_user_id: 'U00ADA' } },
      { event: { subtype: 'thread_broadcast', thread_ts: ts, root: { ts, text: 'root' } } },
      { event: { subtype: 'file_share', files: [{ name: 'a.txt', size: 1, mimetype: 'text/plain' }] } },
      {
        event: {
          subtype: 'message_deleted',
          hidden: true,
          deleted_ts: reply.ts,
          previous_message: { text: 'reply' },
        },
      },
    ])
  })

  test("is sent for messages of apps, including the app's own, and once for a stream", async () => {
    opened.slack.addUser({ name: 'robot', bot: true })
    opened.slack.addChannel({ name: 'bots', members: ['U00ROBOT', 'U00ADA'] })
    opened.slack.post({ channel: 'C00BOTS', user: 'U00ROBOT', text: 'beep' })
    const { ts } = opened.slack.post({ channel, user: 'U00ADA', text: 'root' })
    const { client } = opened
    await client.chat.postMessage({ channel, text: '<@U00VERA> is me' })
    const started = await client.chat.startStream({
      channel,
      thread_ts: ts,
      recipient_user_id: 'U00ADA',
      recipient_team_id: 'T00FAKE',
    })
    await client.chat.appendStream({ channel, ts: started.ts ?? '', markdown_text: 'a' })
    await client.chat.stopStream({ channel, ts: started.ts ?? '' })
    const own = {
      user: 'U00VERA',
      bot_id: 'B00VERA',
      app_id: 'A00FAKE',
      bot_profile: { id: 'B00VERA', app_id: 'A00FAKE', team_id: 'T00FAKE' },
    }
    expect(await arrived()).toMatchObject([
      { event: { type: 'message', bot_id: 'B00ROBOT', app_id: 'A00ROBOT' } },
      { event: { text: 'root' } },
      { event: { type: 'message', text: '<@U00VERA> is me', ...own } },
      { event: { type: 'message', subtype: 'bot_message', streaming_state: 'in_progress', ...own } },
    ])
  })

  test('is not sent for a channel without the app', async () => {
    opened.slack.addChannel({ name: 'apart', members: ['U00ADA'], withoutApp: true })
    opened.slack.post({ channel: 'C00APART', user: 'U00ADA', text: '@Vera apart' })
    opened.slack.post({ channel, user: 'U00ADA', text: 'here' })
    expect(await arrived()).toMatchObject([{ event: { text: 'here' } }])
  })

  test("names the author's company in Slack Connect, in the envelope and in the event", async () => {
    opened.slack.addUser({ name: 'zoe', teamId: 'T00OTHER' })
    opened.slack.addChannel({ name: 'shared', members: ['U00ZOE', 'U00ADA'], shared: true })
    opened.slack.post({
      channel: 'C00SHARED',
      user: 'U00ZOE',
      text: '@Vera hi',
      files: [{ name: 'a.txt', stub: true }],
    })
    const stub = { mode: 'file_access', file_access: 'check_file_info' }
    const from = { user: 'U00ZOE', user_team: 'T00OTHER', source_team: 'T00OTHER', files: [stub] }
    for (const envelope of await arrived()) {
      expect(envelope).toMatchObject({
        team_id: 'T00OTHER',
        context_team_id: 'T00FAKE',
        is_ext_shared_channel: true,
        event: from,
      })
      expect(envelope.authorizations[0].team_id).toBe('T00FAKE')
    }
    expect(app.received).toHaveLength(2)
  })
})

test('typed text is escaped, and addresses become links', async () => {
  const text = '<script> & <@U00ADA> see https://fake.example/a?b=1&c=2, <!here>'
  const { ts } = opened.slack.post({ channel, user: 'U00GRACE', text })
  const expected = '&lt;script&gt; &amp; <@U00ADA> see <https://fake.example/a?b=1&amp;c=2>, <!here>'
  expect(opened.slack.thread(channel, ts)[0]?.text).toBe(expected)
})

test('the Stop button sends an event with the streams that it stopped', async () => {
  const { ts } = opened.slack.post({ channel, user: 'U00ADA', text: 'root' })
  const recipient = { recipient_user_id: 'U00ADA', recipient_team_id: 'T00FAKE' }
  const started = await opened.client.chat.startStream({ channel, thread_ts: ts, ...recipient })
  opened.slack.pressStop({ channel, threadTs: ts, user: 'U00GRACE' })
  expect((await arrived()).at(-1)).toMatchObject({
    event: {
      type: 'agent_session_stopped',
      channel,
      thread_ts: ts,
      user: 'U00GRACE',
      streaming_message_ts: [started.ts],
    },
  })
})

test('send() sends any other event unchanged', async () => {
  opened.slack.send(
    { type: 'app_home_opened', user: 'U00ADA', channel: 'D00ADA', tab: 'home' },
    {},
    { api_app_id: 'A00OTHER' },
  )
  expect(await arrived()).toMatchObject([{ api_app_id: 'A00OTHER', event: { type: 'app_home_opened' } }])
})

describe('an app with few events or scopes', () => {
  async function typesWith(
    options: Parameters<typeof openSlack>[0],
  ): Promise<{ types: string[]; needed: string[] }> {
    opened = await openSlack(options)
    opened.slack.connect({ events: app.url })
    opened.slack.post({ channel, user: 'U00ADA', text: '@Vera where?' })
    opened.slack.post({ channel: 'D00ADA', user: 'U00ADA', text: 'where?' })
    return { types: await typesOf(), needed: [...opened.slack.neededScopes].sort() }
  }

  test('does not get an event that it does not subscribe to', async () => {
    const { types, needed } = await typesWith({ botEvents: ['app_mention', 'message.groups'] })
    expect([types, needed]).toEqual([['app_mention'], ['app_mentions:read']])
  })

  test('does not get an event without its scope', async () => {
    const { types, needed } = await typesWith({ scopes: ['channels:history', 'chat:write'] })
    expect([types, needed]).toEqual([['message'], ['channels:history']])
  })

  test('does not get the event of the Stop button without subscribing to it', async () => {
    opened = await openSlack({ botEvents: ['app_mention'] })
    opened.slack.connect({ events: app.url })
    const { ts } = opened.slack.post({ channel, user: 'U00ADA', text: '@Vera hi' })
    await opened.client.agents.sessions.setStatus({
      channel_id: channel,
      thread_ts: ts,
      status: 'processing',
    })
    opened.slack.pressStop({ channel, threadTs: ts, user: 'U00ADA' })
    expect(await typesOf()).toEqual(['app_mention'])
    expect([...opened.slack.neededScopes]).toEqual(['app_mentions:read', 'chat:write', 'assistant:write'])
  })
})
