import { beforeEach, describe, expect, test } from 'vitest'
import { classify } from '../../../edge/classify/classify.ts'
import type { VerifiedBody } from '../../../edge/signature.ts'
import { createEdge, type FakeEdge } from '../edge.ts'
import {
  click,
  command,
  envelope,
  type Fields,
  mention,
  message,
  NOW_MS,
  stopped,
  TURN_ID,
  thumb,
  tryAgain,
} from '../slack-request.ts'

let edge: FakeEdge
beforeEach(() => {
  edge = createEdge()
})

const handoffs = () => edge.invokes.map(({ handoff }) => handoff)
const file = { id: 'F00FAKE', name: 'plan.pdf' }

describe('an event becomes a turn', () => {
  test.each<[string, Fields, Fields]>([
    ['a mention in a channel', mention(), { trigger: 'app_mention', channelType: 'channel' }],
    [
      'a direct message',
      message({ channel: 'D00ADA', channel_type: 'im', text: 'hello' }),
      { channelType: 'im', text: 'hello' },
    ],
    [
      'a mention in a group direct message',
      message({ channel: 'G00GROUP', channel_type: 'mpim' }),
      { channelType: 'mpim' },
    ],
    [
      'a mention in a private channel',
      message({ channel: 'C00PRIVATE', channel_type: 'group' }),
      { channelType: 'group' },
    ],
    [
      'a mention with a file, which arrives only as a message',
      message({ subtype: 'file_share', files: [file] }),
      { trigger: 'message' },
    ],
    [
      'a file in a direct message',
      message({ channel: 'D00ADA', channel_type: 'im', subtype: 'file_share', text: '', files: [file] }),
      { text: '' },
    ],
    [
      'a thread reply that is also sent to the channel',
      message({ subtype: 'thread_broadcast', thread_ts: '1789999999.000100' }),
      { threadTs: '1789999999.000100' },
    ],
    ['a mention in the form <@id|name>', message({ text: '<@U00VERA|vera> hello' }), {}],
  ])('%s', async (_, event, expected) => {
    expect((await edge.event(envelope(event))).status).toBe(200)
    expect(handoffs()).toEqual([expect.objectContaining({ kind: 'turn', ...expected })])
  })

  test('a turn contains ids and text, and nothing else from the payload', async () => {
    await edge.event(envelope(mention({ blocks: [{}], client_msg_id: 'fake' })))
    expect(handoffs()).toEqual([
      {
        kind: 'turn',
        id: TURN_ID,
        teamId: 'T00FAKE',
        appId: 'A00FAKE',
        receivedAt: NOW_MS,
        eventId: 'Ev00FAKE',
        botUserId: 'U00VERA',
        trigger: 'app_mention',
        channel: 'C00GENERAL',
        channelType: 'channel',
        ts: '1790000000.000100',
        threadTs: '1790000000.000100',
        userId: 'U00ADA',
        userTeamId: 'T00FAKE',
        text: '<@U00VERA> where is the VPN guide?',
        slackRetryNum: 0,
      },
    ])
  })

  test.each([
    ['mention first', [mention(), message()]],
    ['message first', [message(), mention()]],
  ])('one post that arrives as mention and as message gets one turn id: %s', async (_, events) => {
    for (const [n, event] of events.entries()) await edge.event(envelope(event, { event_id: `Ev0${n}FAKE` }))
    expect(new Set(handoffs().map((handoff) => 'id' in handoff && handoff.id))).toEqual(new Set([TURN_ID]))
    expect(handoffs()).toHaveLength(2)
  })

  test('a long question is cut to fit into a queue message, and never inside a character', async () => {
    const beginning = `<@U00VERA>${'x'.repeat(15_989)}`
    await edge.event(envelope(mention({ text: `${beginning}👍 and more` })))
    // Half of the emoji is within the limit. It becomes a replacement character.
    expect(handoffs()).toMatchObject([{ kind: 'turn', text: `${beginning}\ufffd` }])
  })

  test('in Slack Connect, teamId is the workspace that installed the app', async () => {
    const shared = envelope(mention(), { team_id: 'T00OTHER', is_ext_shared_channel: true })
    await edge.event(shared)
    expect(handoffs()).toEqual([expect.objectContaining({ teamId: 'T00FAKE', userTeamId: 'T00FAKE' })])
  })

  test.each([
    ['the organization', 'E00FAKE', true],
    ['a sister workspace that Slack names', 'T00SISTER', true],
    ['another organization', 'E00OTHER', false],
    ['another company', 'T00OTHER', false],
  ])('in a shared channel, a person of %s counts as ours only if Slack says so', async (_, team, isOurs) => {
    const authorization = { enterprise_id: 'E00FAKE', team_id: 'T00FAKE', user_id: 'U00VERA', is_bot: true }
    const authorizations = [authorization, { ...authorization, team_id: 'T00SISTER' }]
    const partner = { enterprise_id: 'E00OTHER', team_id: 'T00OTHER', user_id: 'U00VERA', is_bot: true }
    await edge.event(
      envelope(mention({ user_team: team }), {
        is_ext_shared_channel: true,
        authorizations: [...authorizations, partner],
      }),
    )
    // The recipient of a stream must be a workspace.
    expect(handoffs()).toEqual(isOurs ? [expect.objectContaining({ userTeamId: 'T00FAKE' })] : [])
  })
})

test.each([
  ['no workspace', { team: null }],
  ['the workspace of the person who clicks', { team: { id: 'T00SISTER' } }],
])(
  'a click in an Enterprise organization that names %s is handed off for our workspace',
  async (_, changed) => {
    await edge.click(click(thumb(), { ...changed, enterprise: { id: 'E00FAKE', name: 'fake' } }))
    expect(handoffs()).toEqual([expect.objectContaining({ kind: 'feedback', teamId: 'T00FAKE' })])
  },
)

test('a click that names neither a workspace nor an organization is ignored', async () => {
  await edge.click(click(thumb(), { team: null }))
  expect(edge.invokes).toEqual([])
})

describe('an event is ignored', () => {
  test.each<[string, string, Fields, Fields?]>([
    ['not_addressed', 'a message in a channel without a mention', message({ text: 'lunch?' })],
    [
      'not_addressed',
      'a message in a group direct message without a mention',
      message({ channel: 'G00GROUP', channel_type: 'mpim', text: 'hi' }),
    ],
    ['edit', 'an edit', message({ subtype: 'message_changed', hidden: true })],
    [
      'edit',
      'a mention that Slack sends again after an edit',
      mention({ edited: { user: 'U00ADA', ts: '1790000001.000000' } }),
    ],
    ['deletion', 'a deletion', message({ subtype: 'message_deleted', hidden: true })],
    ['hidden', 'a hidden message', message({ hidden: true })],
    ['system_message', 'a person joins', message({ subtype: 'channel_join' })],
    ['own_message', 'our own message, by user', message({ user: 'U00VERA' })],
    ['own_message', 'our own message, by app', message({ bot_id: 'B00VERA', app_id: 'A00FAKE' })],
    [
      'own_message',
      'our own message, by bot profile',
      message({ bot_id: 'B00VERA', bot_profile: { id: 'B00VERA', app_id: 'A00FAKE' } }),
    ],
    ['bot', 'another bot, by bot id', message({ bot_id: 'B00OTHER' })],
    ['bot', 'another bot, by bot profile', message({ bot_profile: { id: 'B00OTHER', app_id: 'A00OTHER' } })],
    ['bot', 'another bot, by app id', message({ app_id: 'A00OTHER' })],
    [
      'bot',
      'a bot without a user',
      { ...message({ subtype: 'bot_message', bot_id: 'B00OTHER' }), user: undefined },
    ],
    [
      'outsider',
      'a person of another company',
      mention({ user_team: 'T00OTHER', team: 'T00OTHER' }),
      { is_ext_shared_channel: true },
    ],
    ['no_author', 'a message without an author', { ...message(), user: undefined }],
    ['no_authorization', 'an event without an authorization', mention(), { authorizations: [] }],
    ['unknown_event', 'an unknown event type', { type: 'team_join', user: { id: 'U00NEW' } }],
    ['unknown_event', 'a mention with a malformed channel', mention({ channel: 7 })],
  ])('%s: %s', async (reason, _, event, changed = {}) => {
    const body = JSON.stringify(envelope(event, changed)) as VerifiedBody
    expect(classify('events', body, { receivedAt: NOW_MS, slackRetryNum: 0 })).toEqual({
      kind: 'ignore',
      reason,
      eventId: 'Ev00FAKE',
    })
    expect((await edge.event(envelope(event, changed))).status).toBe(200)
    expect(edge.invokes).toEqual([])
  })

  test.each([
    ['not_json', 'this is not JSON'],
    ['unknown_envelope', '[]'],
    ['unknown_envelope', 'null'],
    ['unknown_envelope', '{"type":"something_new"}'],
    ['unknown_envelope', '{"type":"event_callback"}'],
  ])('%s: %s', async (reason, body) => {
    expect(classify('events', body as VerifiedBody, { receivedAt: NOW_MS, slackRetryNum: 0 })).toEqual({
      kind: 'ignore',
      reason,
    })
    expect((await edge.event(body)).status).toBe(200)
  })

  test('`access` in the configuration decides about bots and people of other companies', () => {
    const decide = (event: Fields, changed: Fields, allowed: { bots: string[]; outsiders: boolean }) =>
      classify(
        'events',
        JSON.stringify(envelope(event, changed)) as VerifiedBody,
        { receivedAt: NOW_MS, slackRetryNum: 0 },
        allowed,
      ).kind
    const bot = mention({ bot_id: 'B00DEPLOY', app_id: 'A00OTHER' })
    expect(decide(bot, {}, { bots: ['B00DEPLOY'], outsiders: false })).toBe('hand_off')
    expect(decide(bot, {}, { bots: ['B00ELSE'], outsiders: false })).toBe('ignore')
    const own = mention({ bot_id: 'B00VERA', app_id: 'A00FAKE' })
    expect(decide(own, {}, { bots: ['B00VERA'], outsiders: false })).toBe('ignore')
    const outsider = mention({ user_team: 'T00OTHER' })
    expect(decide(outsider, { is_ext_shared_channel: true }, { bots: [], outsiders: true })).toBe('hand_off')
  })
})

test('a press of the Stop button becomes a stop', async () => {
  await edge.event(envelope(stopped()))
  expect(handoffs()).toEqual([
    {
      kind: 'stop',
      teamId: 'T00FAKE',
      appId: 'A00FAKE',
      receivedAt: NOW_MS,
      eventId: 'Ev00FAKE',
      eventTs: '1790000001.000100',
      channel: 'C00GENERAL',
      threadTs: '1790000000.000100',
      streamingTs: ['1790000000.000200'],
      userId: 'U00ADA',
    },
  ])
})

describe('a click on a button', () => {
  const clicked = {
    turnId: TURN_ID,
    teamId: 'T00FAKE',
    appId: 'A00FAKE',
    receivedAt: NOW_MS,
    channel: 'C00GENERAL',
    userId: 'U00ADA',
  }

  test('on a thumb becomes feedback', async () => {
    const response = await edge.click(click(thumb(`${TURN_ID}|1|negative`)))
    expect([response.status, await response.text()]).toEqual([200, ''])
    const message = { messageTs: '1790000000.000200', threadTs: '1790000000.000100' }
    expect(handoffs()).toEqual([{ kind: 'feedback', ...clicked, ...message, value: 'negative' }])
  })

  test('on "Try again" becomes a retry', async () => {
    await edge.click(click(tryAgain(`${TURN_ID}|2`)))
    expect(handoffs()).toEqual([{ kind: 'retry', ...clicked, attempt: 2, threadTs: '1790000000.000100' }])
  })

  test('under the answer to a command is handed off, although its turn id names no channel', async () => {
    await edge.click(click(tryAgain('A00FAKE:T00FAKE:command:1.00.fake|1')))
    expect(handoffs()).toHaveLength(1)
  })

  test.each<[string, Fields]>([
    ['with a turn of another channel', click(tryAgain('A00FAKE:T00FAKE:C00SECRET:1790000000.000100|1'))],
    ['on an unknown button', click({ type: 'button', action_id: 'else', value: 'x' })],
    ['with a malformed value', click(tryAgain('nonsense'))],
    ['on a thumb without a direction', click(thumb(`${TURN_ID}|1`))],
    ['with an unknown payload type', { type: 'view_submission' }],
  ])('%s is acknowledged and ignored', async (_, payload) => {
    expect((await edge.click(payload)).status).toBe(200)
    expect(edge.invokes).toEqual([])
  })
})

describe('a command', () => {
  test('with a question is handed off, and its response says where the answer will be', async () => {
    const response = await edge.command(command())
    expect(await response.json()).toEqual({
      response_type: 'ephemeral',
      text: "I'll answer in our direct messages.",
    })
    expect(handoffs()).toEqual([
      {
        kind: 'command',
        id: 'A00FAKE:T00FAKE:command:1.00.fake-trigger',
        teamId: 'T00FAKE',
        appId: 'A00FAKE',
        receivedAt: NOW_MS,
        channel: 'C00GENERAL',
        userId: 'U00ADA',
        text: 'where is the VPN guide?',
      },
    ])
  })

  test.each(['help', ' HELP ', ''])('with the text "%s" is answered with the help', async (text) => {
    const response = await edge.command(command({ text }))
    expect(await response.json()).toMatchObject({
      response_type: 'ephemeral',
      text: expect.stringContaining('/vera'),
    })
    expect(edge.invokes).toEqual([])
  })
})
