import { describe, expect, test } from 'vitest'
import { methods, tableScopes } from '../../../playground/slack/methods.ts'
import { createClient, errorOf, openSlack, refusalOf } from './open-slack.ts'
import { json, raw } from './raw-request.ts'

describe('the rights of a call', () => {
  test('are checked: not_authed without a token, invalid_auth with a wrong one', async () => {
    const { slack } = await openSlack()
    expect(await errorOf(createClient(slack, '').auth.test())).toBe('not_authed')
    expect(await errorOf(createClient(slack, 'xoxb-wrong').auth.test())).toBe('invalid_auth')
    expect(await createClient(slack, '').api.test()).toMatchObject({ ok: true })
  })

  test("are checked: missing_scope without the method's scope", async () => {
    const { slack, client } = await openSlack({
      scopes: tableScopes.filter((scope) => scope !== 'channels:history' && scope !== 'users:read'),
    })
    const { ts } = slack.post({ channel: 'C00GENERAL', user: 'U00ADA', text: 'hi' })
    expect(await refusalOf(client.users.info({ user: 'U00ADA' }))).toMatchObject({
      error: 'missing_scope',
      needed: 'users:read',
    })
    const refused = await refusalOf(client.conversations.replies({ channel: 'C00GENERAL', ts }))
    expect(refused).toMatchObject({
      error: 'missing_scope',
      needed: 'channels:history',
      provided: expect.stringContaining('im:history'),
    })
  })

  test('are checked: posting under another name needs chat:write.customize', async () => {
    const { client } = await openSlack()
    expect(
      await errorOf(client.chat.postMessage({ channel: 'C00GENERAL', text: 'hi', username: 'Zoe' })),
    ).toBe('missing_scope')
  })
})

describe('the arguments', () => {
  test('are invalid_arguments if one is missing, but not if one is empty', async () => {
    const { client } = await openSlack()
    expect(await refusalOf(client.apiCall('conversations.info'))).toMatchObject({
      error: 'invalid_arguments',
      response_metadata: { messages: ['[ERROR] missing required field: channel'] },
    })
    expect(await errorOf(client.apiCall('conversations.info', { channel: '' }))).toBe('channel_not_found')
  })

  test.each([
    ['chat.startStream', { channel: 'C00GENERAL', task_display_mode: 'dense' }, 'invalid_arguments'],
    ['conversations.history', { channel: 'C00GENERAL', limit: 'many' }, 'invalid_arguments'],
    ['conversations.history', { channel: 'C00GENERAL', limit: '1001' }, 'invalid_arguments'],
    ['conversations.history', { channel: 'C00GENERAL', inclusive: 'perhaps' }, 'invalid_arguments'],
    ['conversations.history', { channel: 'C00GENERAL', cursor: 'never given' }, 'invalid_cursor'],
    ['conversations.history', { channel: 'C00GENERAL', oldest: 'yesterday' }, 'invalid_ts_oldest'],
    ['conversations.history', { channel: 'C00GENERAL', latest: 'tomorrow' }, 'invalid_ts_latest'],
    [
      'agents.sessions.setStatus',
      { channel_id: 'C00GENERAL', thread_ts: '1.0', status: 'thinking' },
      'invalid_status',
    ],
    ['chat.postMessage', { channel: 'C00GENERAL', text: 'hi', blocks: '{' }, 'invalid_blocks_format'],
    ['chat.postMessage', { channel: 'C00GENERAL', text: 'hi', metadata: '[]' }, 'invalid_metadata_format'],
    ['chat.startStream', { channel: 'C00GENERAL', chunks: 'no' }, 'invalid_chunks'],
  ])('of %s %o are refused with %s', async (method, args, error) => {
    const { client } = await openSlack()
    expect(await errorOf(client.apiCall(method, args))).toBe(error)
  })

  test('are refused if JSON has a number instead of a string', async () => {
    const answer = await raw(
      await openSlack(),
      'chat.update',
      json({ channel: 'C00GENERAL', ts: 1_800_000_000.0001, text: 'hi' }),
    )
    expect(answer).toMatchObject({
      error: 'invalid_arguments',
      response_metadata: { messages: ['[ERROR] must be a string [json-pointer:/ts]'] },
    })
  })
})

describe('a violation', () => {
  test('is not recorded for a method and arguments of the table', async () => {
    const { client, calls } = await openSlack()
    await client.chat.postMessage({ channel: 'C00GENERAL', text: 'hi' })
    expect(calls.violations).toEqual([])
  })

  test('is recorded for a method that Slack does not have', async () => {
    const { client, calls } = await openSlack()
    expect(await errorOf(client.apiCall('chat.whisper'))).toBe('unknown_method')
    expect(calls.violations).toHaveLength(1)
  })

  test('is recorded for an argument that Slack ignores', async () => {
    const { client, calls } = await openSlack()
    expect(
      await client.apiCall('chat.postMessage', { channel: 'C00GENERAL', text: 'hi', unfurl: true }),
    ).toMatchObject({ ok: true })
    expect(calls.violations).toEqual(['chat.postMessage has no argument unfurl.'])
  })

  test('is recorded for the two methods of the table without a handler', async () => {
    const { client, calls } = await openSlack()
    for (const name of methods.keys()) await client.apiCall(name).catch(() => undefined)
    expect(calls.violations).toEqual([
      'The simulated Slack has no handler for apps.connections.open.',
      'The simulated Slack has no handler for apps.manifest.validate.',
    ])
  })
})

describe('the record of calls', () => {
  test('has the parsed JSON fields of a call, without the token', async () => {
    const { client, calls } = await openSlack()
    const metadata = { event_type: 'turn', event_payload: { id: '1' } }
    await client.chat.postMessage({ channel: 'C00GENERAL', text: 'hi', metadata })
    await errorOf(client.chat.postMessage({ channel: 'C00NOWHERE', text: 'hi' }))
    expect(calls.all).toMatchObject([
      {
        to: 'slack',
        method: 'chat.postMessage',
        args: { channel: 'C00GENERAL', text: 'hi', metadata },
        status: 200,
      },
      { method: 'chat.postMessage', status: 200, error: 'channel_not_found' },
    ])
    expect(JSON.stringify(calls.all)).not.toContain('xoxb')
  })

  test('has the status of a replaced, a lost and a late answer', async () => {
    const posted = (text: string) => ({ channel: 'D00ADA', text })
    const { slack, client, calls } = await openSlack({
      faults: ({ args }) => {
        if (args.text === 'refused')
          return { kind: 'answer', status: 200, body: '{"ok":false,"error":"fatal_error"}' }
        if (args.text === 'lost') return { kind: 'cut', carriedOut: true }
        return args.text === 'late' ? { kind: 'late', ms: 1 } : undefined
      },
    })
    const said: string[] = []
    slack.watch(({ text }) => said.push(text))
    expect(await errorOf(client.chat.postMessage(posted('refused')))).toBe('fatal_error')
    await expect(client.chat.postMessage(posted('lost'))).rejects.toThrow()
    expect(await client.chat.postMessage(posted('late'))).toMatchObject({ ok: true })
    expect(said).toEqual(['lost', 'late'])
    expect(calls.all).toMatchObject([{ status: 200, error: 'fatal_error' }, { status: 0 }, { status: 200 }])
  })
})
