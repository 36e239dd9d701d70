import type { AnyChunk } from '@slack/types'
import { describe, expect, test } from 'vitest'
import { errorOf, openSlack } from './open-slack.ts'
import { channel, openStreamThread, recipient, step } from './stream-thread.ts'

const thread = openStreamThread()

describe('a stream accepts', () => {
  test('12,000 characters of Markdown in one call, and no more', async () => {
    const lifted = await openSlack({ limits: { streamBytes: 100_000 } })
    const root = lifted.slack.post({ channel, user: 'U00ADA', text: 'hi' }).ts
    const into = (length: number) =>
      lifted.client.chat.startStream({
        channel,
        thread_ts: root,
        ...recipient,
        markdown_text: 'a'.repeat(length),
      })
    expect(await into(12_000)).toMatchObject({ ok: true })
    expect(await errorOf(into(12_001))).toBe('msg_too_long')
  })

  test('10,600 bytes in all calls of one message, and no more', async () => {
    const stream = await thread.start({ markdown_text: 'é'.repeat(5_000) })
    await thread.client.chat.appendStream({ ...stream, markdown_text: 'a'.repeat(600) })
    expect(await errorOf(thread.client.chat.appendStream({ ...stream, markdown_text: 'a' }))).toBe(
      'msg_too_long',
    )
    expect(await errorOf(thread.client.chat.stopStream({ ...stream, markdown_text: 'a' }))).toBe(
      'msg_too_long',
    )
    expect(await thread.client.chat.stopStream(stream)).toMatchObject({ ok: true })
  })

  test('titles counted once and details counted twice', async () => {
    const stream = await thread.start({
      chunks: [step({ title: 'a'.repeat(600), details: 'b'.repeat(4_000) })],
    })
    await thread.client.chat.appendStream({ ...stream, markdown_text: 'c'.repeat(2_000) })
    expect(await errorOf(thread.client.chat.appendStream({ ...stream, markdown_text: 'c' }))).toBe(
      'msg_too_long',
    )
  })

  test('50 blocks in the chunks of one message, and no more', async () => {
    const dividers = (count: number) => [
      { type: 'blocks', blocks: Array.from({ length: count }, () => ({ type: 'divider' })) } as AnyChunk,
    ]
    const stream = await thread.start({ chunks: dividers(50) })
    expect(await errorOf(thread.client.chat.appendStream({ ...stream, chunks: dividers(1) }))).toBe(
      'msg_blocks_too_many',
    )
  })
})
