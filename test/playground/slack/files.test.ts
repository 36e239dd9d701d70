import { expect, test } from 'vitest'
import type { NewFile } from '../../../playground/slack/files.ts'
import { tableScopes } from '../../../playground/slack/methods.ts'
import type { SlackOptions } from '../../../playground/slack/slack.ts'
import { errorOf, openSlack } from './open-slack.ts'

const token = { authorization: 'Bearer xoxb-fake-token' }

async function withFile(file: NewFile, options: Omit<SlackOptions, 'calls'> = {}) {
  const opened = await openSlack(options)
  const { ts } = opened.slack.post({ channel: 'C00GENERAL', user: 'U00ADA', text: 'see', files: [file] })
  const [shared] = opened.slack.thread('C00GENERAL', ts)[0]?.files ?? []
  return {
    ...opened,
    ts,
    id: String(shared?.id),
    url: String(shared?.url_private_download ?? shared?.url_private),
  }
}

test('a download with the token returns the content', async () => {
  const { url, id, client, calls } = await withFile({
    name: 'guide.md',
    mimetype: 'text/markdown',
    content: '# Guide',
  })
  const response = await fetch(url, { headers: token })
  expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
    200,
    'text/markdown',
    '# Guide',
  ])
  expect(await client.files.info({ file: id })).toMatchObject({
    file: { id, name: 'guide.md', size: 7, mode: 'hosted', url_private_download: url },
  })
  expect(calls.all[0]).toMatchObject({
    to: 'slack',
    method: 'files.download',
    args: { file: id, authorized: true },
    status: 200,
  })
})

test.each([
  ['no token', {}, {}],
  ['a wrong token', { authorization: 'Bearer xoxb-wrong' }, {}],
  ['no files:read', token, { scopes: tableScopes.filter((scope) => scope !== 'files:read') }],
])('a download with %s returns the sign-in page with status 200', async (_, headers, options) => {
  const { url } = await withFile({ name: 'a.txt', content: 'secret' }, options)
  const response = await fetch(url, { headers })
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
  expect(await response.text()).toMatch(/^<!DOCTYPE html>.*Sign in/)
})

test('a download without the token redirects to the sign-in page if login is "redirect"', async () => {
  const { url, slack } = await withFile({ name: 'a.txt', content: 'secret' }, { login: 'redirect' })
  const response = await fetch(url, { redirect: 'manual' })
  expect([response.status, response.headers.get('location')]).toEqual([
    302,
    expect.stringContaining(`${slack.origin}/?redir=`),
  ])
  expect(await (await fetch(url)).text()).toContain('Sign in')
})

test('a redirected download leads to another origin, where sending the token is a violation', async () => {
  const { url, slack, calls } = await withFile({ name: 'a.txt', content: 'far', redirected: true })
  const location = (await fetch(url, { headers: token, redirect: 'manual' })).headers.get('location') ?? ''
  expect(new URL(location).origin).toBe(slack.elsewhere)
  expect(await (await fetch(location)).text()).toBe('far')
  expect(calls.violations).toEqual([])
  await fetch(location, { headers: token })
  expect(calls.violations).toHaveLength(1)
})

test('a file of Slack Connect is a stub in messages, and whole in files.info', async () => {
  const { client, ts, id } = await withFile({ name: 'a.txt', content: 'a', stub: true })
  const { messages } = await client.conversations.replies({ channel: 'C00GENERAL', ts })
  expect(messages?.[0]?.files).toEqual([
    { id, mode: 'file_access', file_access: 'check_file_info', created: 0, timestamp: 0, user: '' },
  ])
  expect(await client.files.info({ file: id })).toMatchObject({ file: { name: 'a.txt', mode: 'hosted' } })
})

test('files.info refuses a denied file and an unknown one', async () => {
  const { client, id } = await withFile({ name: 'a.txt', denied: true })
  expect(await errorOf(client.files.info({ file: id }))).toBe('access_denied')
  expect(await errorOf(client.files.info({ file: 'F00NONE' }))).toBe('file_not_found')
})

test('an external file has the address of its own host', async () => {
  const { client, id } = await withFile({
    name: 'Plan',
    external: { url: 'https://docs.fake.example/plan', type: 'gdoc' },
  })
  const { file } = await client.files.info({ file: id })
  expect(file).toMatchObject({
    is_external: true,
    external_type: 'gdoc',
    mode: 'external',
    url_private: 'https://docs.fake.example/plan',
  })
})

test('an upload by the real client appears in the thread', async () => {
  const { slack, client } = await openSlack()
  const { ts } = slack.post({ channel: 'C00GENERAL', user: 'U00ADA', text: 'hi' })
  await client.filesUploadV2({
    channel_id: 'C00GENERAL',
    thread_ts: ts,
    filename: 'answer.md',
    content: '# All of it',
  })
  expect(slack.thread('C00GENERAL', ts).at(-1)).toMatchObject({
    user: 'U00VERA',
    files: [{ name: 'answer.md' }],
  })
})
