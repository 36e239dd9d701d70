import { expect, test } from 'vitest'
import { RateLimited } from '../../../../backend/slack/api/write-result.ts'
import { createPacer } from '../../../../backend/slack/reply/pacer.ts'

/** A clock that only a sleep moves, and at once. */
function fakeClock() {
  let now = 1_790_000_000_000
  return {
    now: () => now,
    async sleep(ms: number) {
      now += ms
    },
  }
}

interface PacerSetup {
  send?: (text: string, sent: number) => Promise<void>
  sendableLength?: (gathered: string, isFinal: boolean) => number
}

function paced({
  send = async () => undefined,
  sendableLength = (gathered) => gathered.length,
}: PacerSetup = {}) {
  const clock = fakeClock()
  const sent: { at: number; text: string }[] = []
  const begunAt = clock.now()
  let tries = 0
  const pacer = createPacer({
    clock,
    sendableLength,
    gapMs: () => 600,
    async send(text) {
      await send(text, tries++)
      sent.push({ at: clock.now() - begunAt, text })
      return text.length
    },
  })
  return { pacer, sent }
}

test('the first piece goes at once; later text is gathered and sent when the gap is over', async () => {
  const { pacer, sent } = paced()
  for (const word of ['one ', 'two ', 'three']) pacer.push(word)
  await pacer.flush()
  pacer.push(' four')
  await pacer.flush()
  expect(sent).toEqual([
    { at: 0, text: 'one ' },
    { at: 600, text: 'two three' },
    { at: 1200, text: ' four' },
  ])
})

test('two sends never overlap', async () => {
  let open = 0
  let most = 0
  const { pacer } = paced({
    async send() {
      most = Math.max(most, ++open)
      await Promise.resolve()
      open--
    },
  })
  for (let n = 0; n < 20; n++) pacer.push(String(n))
  await Promise.all([pacer.flush(), pacer.flush()])
  expect(most).toBe(1)
})

test('after a wait the gathered text goes in one piece and in order, and the gap doubles', async () => {
  const { pacer, sent } = paced({
    async send(_, tries) {
      if (tries !== 1) return
      pacer.push(' three')
      throw new RateLimited(7_000)
    },
  })
  pacer.push('one')
  await pacer.flush()
  pacer.push(' two')
  await pacer.flush()
  pacer.push(' four')
  await pacer.flush()
  expect(sent).toEqual([
    { at: 0, text: 'one' },
    { at: 7_600, text: ' two three' },
    { at: 8_800, text: ' four' },
  ])
})

test('text that is not sendable yet is kept until it is, or until the end', async () => {
  const { pacer, sent } = paced({
    sendableLength: (gathered, isFinal) => (isFinal ? gathered.length : gathered.lastIndexOf(' ') + 1),
  })
  pacer.push('half a wo')
  await Promise.resolve()
  pacer.push('rd and')
  await pacer.flush()
  expect(sent.map(({ text }) => text)).toEqual(['half a ', 'word and'])
})

test('a send that takes a part of the text is followed by the rest', async () => {
  const clock = fakeClock()
  const sent: string[] = []
  const pacer = createPacer({
    clock,
    sendableLength: (gathered) => gathered.length,
    gapMs: () => 600,
    async send(text) {
      sent.push(text)
      return 2
    },
  })
  pacer.push('abcde')
  await pacer.flush()
  expect(sent).toEqual(['abcde', 'cde', 'e'])
})

test('a nudge sends though there is no text', async () => {
  const { pacer, sent } = paced()
  pacer.nudge()
  await pacer.flush()
  expect(sent).toEqual([{ at: 0, text: '' }])
})

test('after a failed send nothing more is sent, and every flush rejects', async () => {
  const { pacer, sent } = paced({
    async send(_, tries) {
      if (tries === 1) throw new Error('refused for good')
    },
  })
  pacer.push('one')
  await pacer.flush()
  pacer.push(' two')
  await expect(pacer.flush()).rejects.toThrow('refused for good')
  pacer.push(' three')
  await expect(pacer.flush()).rejects.toThrow('refused for good')
  expect(sent.map(({ text }) => text)).toEqual(['one'])
})
