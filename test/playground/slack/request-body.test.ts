import { describe, expect, test } from 'vitest'
import { openSlack } from './open-slack.ts'
import { form, json, raw } from './raw-request.ts'

describe('the body of a call', () => {
  test('is read as a form by every method, and as JSON only by methods that take JSON', async () => {
    const opened = await openSlack()
    const asked = {
      channel: 'C00GENERAL',
      ts: opened.slack.post({ channel: 'C00GENERAL', user: 'U00ADA', text: 'hi' }).ts,
    }
    expect(await opened.client.conversations.replies(asked)).toMatchObject({
      ok: true,
      messages: [{ text: 'hi' }],
    })
    expect(
      await raw(opened, 'conversations.replies', { method: 'GET', query: `?${new URLSearchParams(asked)}` }),
    ).toMatchObject({
      ok: true,
    })
    expect(await raw(opened, 'conversations.replies', json(asked))).toMatchObject({
      status: 200,
      ok: false,
      error: 'invalid_arguments',
      response_metadata: {
        messages: ['[ERROR] missing required field: channel', '[ERROR] missing required field: ts'],
      },
    })
    expect(
      await raw(opened, 'chat.postMessage', json({ channel: 'C00GENERAL', text: 'by JSON' })),
    ).toMatchObject({ ok: true })
  })

  test('is read as a multipart form too', async () => {
    const opened = await openSlack()
    const body = new FormData()
    body.set('channel', 'C00GENERAL')
    body.set('text', 'in parts')
    expect(await raw(opened, 'chat.postMessage', { body })).toMatchObject({
      ok: true,
      message: { text: 'in parts' },
    })
  })

  test.each([
    ['invalid_json', { headers: { 'content-type': 'application/json; charset=utf-8' }, body: '{' }],
    ['json_not_object', json([1])],
    ['invalid_post_type', { headers: { 'content-type': 'application/xml' }, body: '<a/>' }],
    ['invalid_form_data', form('channel=%zz')],
    [
      'invalid_form_data',
      { headers: { 'content-type': 'multipart/form-data; boundary=x' }, body: 'no parts' },
    ],
    ['invalid_charset', { headers: { 'content-type': 'application/json; charset=utf-7' }, body: '{}' }],
  ])('is refused with %s: %o', async (error, init) => {
    expect(await raw(await openSlack(), 'chat.postMessage', init)).toMatchObject({
      status: 200,
      ok: false,
      error,
    })
  })

  test('as JSON without a charset gets a warning', async () => {
    const answer = await raw(
      await openSlack(),
      'chat.postMessage',
      json({ channel: 'C00GENERAL', text: 'hi' }, 'application/json'),
    )
    expect(answer).toMatchObject({
      ok: true,
      warning: 'missing_charset',
      response_metadata: { warnings: ['missing_charset'] },
    })
  })

  test('may hold the token as a form, but not as JSON', async () => {
    const opened = await openSlack()
    const headers = { authorization: '' }
    const inForm = form('token=xoxb-fake-token')
    const inJson = json({ token: 'xoxb-fake-token' })
    expect(
      await raw(opened, 'auth.test', { ...inForm, headers: { ...inForm.headers, ...headers } }),
    ).toMatchObject({ ok: true })
    expect(
      await raw(opened, 'auth.test', { ...inJson, headers: { ...inJson.headers, ...headers } }),
    ).toMatchObject({ error: 'not_authed' })
  })
})
