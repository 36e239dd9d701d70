import { expect, test } from 'vitest'
import { createFakeClock } from '../fake-clock.ts'
import { type AppServer, startApp } from './app-server.ts'
import { errorOf, openSlack, type TestSlack } from './open-slack.ts'

const channel = 'C00GENERAL'
const plain = (text: string) => ({ type: 'plain_text', text })
const thumbs = {
  type: 'context_actions',
  elements: [
    {
      type: 'feedback_buttons',
      action_id: 'feedback',
      positive_button: { text: plain('Good'), value: 'turn|good' },
      negative_button: { text: plain('Bad'), value: 'turn|bad' },
    },
  ],
}

async function open(
  status = 200,
  body = '',
): Promise<TestSlack & { app: AppServer; clock: ReturnType<typeof createFakeClock> }> {
  const clock = createFakeClock()
  const opened = await openSlack({ clock })
  const app = await startApp((response) => response.writeHead(status).end(body))
  opened.slack.connect({
    events: `${app.url}/events`,
    interactivity: `${app.url}/buttons`,
    commands: `${app.url}/commands`,
  })
  return { ...opened, app, clock }
}

const received = (app: AppServer, path: string) => app.received.filter((request) => request.path === path)
const payloadOf = (app: AppServer) =>
  JSON.parse(new URLSearchParams(received(app, '/buttons')[0]?.body).get('payload') ?? '{}')

const respond = async (url: string, body: unknown) => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return [response.status, JSON.parse(await response.text()).error]
}

test('a press of a thumb under a streamed answer sends block_actions with its value', async () => {
  const { slack, client, app } = await open()
  const { ts: threadTs } = slack.post({ channel, user: 'U00ADA', text: 'root' })
  const started = await client.chat.startStream({
    channel,
    thread_ts: threadTs,
    recipient_user_id: 'U00ADA',
    recipient_team_id: 'T00FAKE',
  })
  const ts = started.ts ?? ''
  await client.apiCall('chat.stopStream', { channel, ts, blocks: [thumbs] })
  const pressed = await slack.pressButton({
    channel,
    ts,
    user: 'U00GRACE',
    actionId: 'feedback',
    value: 'turn|bad',
  })
  expect(pressed).toMatchObject({ kind: 'interactivity', state: 'acknowledged' })
  expect(received(app, '/buttons')[0]?.headers).toMatchObject({
    'content-type': 'application/x-www-form-urlencoded',
    'x-slack-signature': expect.stringMatching(/^v0=/),
  })
  expect(payloadOf(app)).toMatchObject({
    type: 'block_actions',
    api_app_id: 'A00FAKE',
    team: { id: 'T00FAKE' },
    user: { id: 'U00GRACE', team_id: 'T00FAKE' },
    channel: { id: channel },
    container: { type: 'message', message_ts: ts, channel_id: channel, thread_ts: threadTs },
    message: { ts, bot_id: 'B00VERA' },
    actions: [
      {
        type: 'feedback_buttons',
        action_id: 'feedback',
        value: 'turn|bad',
        text: plain('Bad'),
        action_ts: expect.any(String),
      },
    ],
  })
  await expect(
    slack.pressButton({ channel, ts, user: 'U00GRACE', actionId: 'feedback', value: 'none' }),
  ).rejects.toThrow('No button')
})

test("a slash command returns the app's answer, and is never sent again", async () => {
  const { slack, app } = await open(200, '{"text":"One moment"}')
  const answered = await slack.slashCommand({ command: '/vera', text: 'where?', channel, user: 'U00ADA' })
  expect(answered.answer).toBe('{"text":"One moment"}')
  expect(Object.fromEntries(new URLSearchParams(app.received[0]?.body))).toMatchObject({
    command: '/vera',
    text: 'where?',
    team_id: 'T00FAKE',
    api_app_id: 'A00FAKE',
    channel_id: channel,
    user_id: 'U00ADA',
    is_enterprise_install: 'false',
  })
  const broken = await open(500)
  expect(
    await broken.slack.slashCommand({ command: '/vera', text: '', channel, user: 'U00ADA' }),
  ).toMatchObject({ state: 'given up' })
  expect(broken.app.received).toHaveLength(1)
})

test('a response_url works five times, and for half an hour', async () => {
  const { slack, app, clock, calls } = await open()
  const ask = async () => {
    app.received.length = 0
    await slack.slashCommand({ command: '/vera', text: '', channel, user: 'U00ADA' })
    return new URLSearchParams(app.received[0]?.body).get('response_url') ?? ''
  }
  const url = await ask()
  expect(await respond(url, { markdown_text: 'a' })).toEqual([200, 'no_text'])
  for (let use = 2; use <= 5; use += 1) expect(await respond(url, { text: 'a' })).toEqual([200, undefined])
  expect(await respond(url, { text: 'a' })).toEqual([404, 'used_url'])
  const later = await ask()
  clock.advance(1_800_001)
  expect(await respond(later, { text: 'a' })).toEqual([404, 'expired_url'])
  expect(calls.all.filter(({ method }) => method === 'response_url')).toHaveLength(7)
})

test('a response_url of a button can replace or delete its message', async () => {
  const { slack, client, app } = await open()
  const { ts = '' } = (await client.apiCall('chat.postMessage', {
    channel,
    text: 'a',
    blocks: [thumbs],
  })) as { ts?: string }
  await slack.pressButton({ channel, ts, user: 'U00ADA', actionId: 'feedback' })
  const url = payloadOf(app).response_url
  await respond(url, { text: 'only you' })
  await respond(url, { replace_original: true, text: 'b' })
  expect(slack.thread(channel, ts)).toMatchObject([{ text: 'b', blocks: [] }])
  await respond(url, { delete_original: true })
  expect(slack.thread(channel, ts)[0]?.deleted).toBe(true)
})

test('a trigger_id opens one view, within three seconds', async () => {
  const { slack, client, app, clock } = await open()
  const trigger = async () => {
    app.received.length = 0
    await slack.slashCommand({ command: '/vera', text: '', channel, user: 'U00ADA' })
    return new URLSearchParams(app.received[0]?.body).get('trigger_id') ?? ''
  }
  const view = { type: 'modal', title: plain('Vera'), blocks: [] }
  const once = await trigger()
  await client.apiCall('views.open', { trigger_id: once, view })
  expect([...slack.views.opened.values()]).toMatchObject([{ view }])
  expect(await errorOf(client.apiCall('views.open', { trigger_id: once, view }))).toBe('exchanged_trigger_id')
  const slow = await trigger()
  clock.advance(3_001)
  expect(await errorOf(client.apiCall('views.open', { trigger_id: slow, view }))).toBe('expired_trigger_id')
})
