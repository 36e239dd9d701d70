import { expect, test } from 'vitest'
import { openSlack, refusalOf } from './open-slack.ts'

const plain = (text: string) => ({ type: 'plain_text', text })
const mrkdwn = (text: string) => ({ type: 'mrkdwn', text })
const many = <T>(count: number, item: T) => Array.from({ length: count }, () => item)
const button = (value: string) => ({ type: 'button', action_id: 'go', text: plain('Go'), value })
const thumb = (value: string) => ({ text: plain('Good'), value })
const feedback = (good: unknown) => ({
  type: 'feedback_buttons',
  action_id: 'rate',
  positive_button: good,
  negative_button: thumb('bad'),
})

const post = async (blocks: unknown[]) => {
  const { client } = await openSlack()
  return client.apiCall('chat.postMessage', { channel: 'C00GENERAL', text: 'hi', blocks })
}

test.each([
  ['a section of 3,000 characters', [{ type: 'section', text: mrkdwn('a'.repeat(3_000)) }]],
  ['fifty blocks', many(50, { type: 'divider' })],
  ['twelve thousand characters of Markdown', [{ type: 'markdown', text: 'a'.repeat(12_000) }]],
  [
    'thumbs and a bin',
    [
      {
        type: 'context_actions',
        elements: [feedback(thumb('good')), { type: 'icon_button', icon: 'trash', text: plain('Delete') }],
      },
    ],
  ],
  ['a button with a long value', [{ type: 'actions', elements: [button('a'.repeat(2_000))] }]],
])('chat.postMessage accepts %s', async (_, blocks) => {
  expect(await post(blocks)).toMatchObject({ ok: true })
})

test.each([
  ['unsupported type: marquee [json-pointer:/blocks/0/type]', [{ type: 'marquee' }]],
  ['no more than 50 items allowed [json-pointer:/blocks]', many(51, { type: 'divider' })],
  ['missing required field: text [json-pointer:/blocks/0]', [{ type: 'section' }]],
  [
    'must be less than 3001 characters [json-pointer:/blocks/0/text/text]',
    [{ type: 'section', text: mrkdwn('a'.repeat(3_001)) }],
  ],
  [
    'must be less than 151 characters [json-pointer:/blocks/0/text/text]',
    [{ type: 'header', text: plain('a'.repeat(151)) }],
  ],
  ['unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]', [{ type: 'header', text: mrkdwn('a') }]],
  [
    'no more than 10 items allowed [json-pointer:/blocks/0/elements]',
    [{ type: 'context', elements: many(11, mrkdwn('a')) }],
  ],
  [
    'no more than 25 items allowed [json-pointer:/blocks/0/elements]',
    [{ type: 'actions', elements: many(26, button('a')) }],
  ],
  [
    'must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]',
    [{ type: 'actions', elements: [button('a'.repeat(2_001))] }],
  ],
  [
    'no more than 5 items allowed [json-pointer:/blocks/0/elements]',
    [{ type: 'context_actions', elements: many(6, feedback(thumb('a'))) }],
  ],
  [
    'unsupported type [json-pointer:/blocks/0/elements/0/type]',
    [{ type: 'context_actions', elements: [button('a')] }],
  ],
  [
    'must be less than 12001 characters [json-pointer:/blocks/0/text]',
    [{ type: 'markdown', text: 'a'.repeat(12_001) }],
  ],
  [
    'missing required field: positive_button [json-pointer:/blocks/0/elements/0]',
    [{ type: 'context_actions', elements: [feedback(undefined)] }],
  ],
])('chat.postMessage refuses blocks with the fault: %s', async (fault, blocks) => {
  expect(await refusalOf(post(blocks))).toMatchObject({
    error: 'invalid_blocks',
    response_metadata: { messages: [`[ERROR] ${fault}`] },
  })
})

test('chat.postMessage refuses markdown blocks of more than 12,000 characters in total', async () => {
  expect(await refusalOf(post(many(2, { type: 'markdown', text: 'a'.repeat(6_001) })))).toMatchObject({
    error: 'msg_blocks_too_long',
  })
})
