import { expect, test } from 'vitest'
import { AskedToWait, createPacer } from '../../backend/pacer.ts'

/** A clock that stands still until somebody sleeps, and then is where the sleeper wants it. */
function fakeClock() {
  let now = 1_790_000_000_000
  return {
    now: () => now,
    async sleep(ms: number) {
      now += ms
    },
  }
}

function paced(send: (text: string, sent: number) => Promise<void> = async () => undefined) {
  const clock = fakeClock()
  const sent: { at: number; text: string }[] = []
  const begunAt = clock.now()
  let tries = 0
  const pacer = createPacer({
    clock,
    gapMs: 600,
    async send(text) {
      await send(text, tries++)
      sent.push({ at: clock.now() - begunAt, text })
    },
  })
  return { pacer, sent }
}

test('the first piece goes at once, what follows is gathered and sent at the pace', async () => {
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

test('one write at a time', async () => {
  let open = 0
  let most = 0
  const { pacer } = paced(async () => {
    most = Math.max(most, ++open)
    await Promise.resolve()
    open--
  })
  for (let n = 0; n < 20; n++) pacer.push(String(n))
  await Promise.all([pacer.flush(), pacer.flush()])
  expect(most).toBe(1)
})

test('when Slack asks to wait, everything gathered meanwhile goes in one piece, in order', async () => {
  const { pacer, sent } = paced(async (_, tries) => {
    if (tries !== 1) return
    pacer.push(' three')
    throw new AskedToWait(7_000)
  })
  pacer.push('one')
  await pacer.flush()
  pacer.push(' two')
  await pacer.flush()
  expect(sent).toEqual([
    { at: 0, text: 'one' },
    { at: 7_600, text: ' two three' },
  ])
})

test('what could not be sent is kept, and nothing more is tried', async () => {
  const { pacer, sent } = paced(async (_, tries) => {
    if (tries === 1) throw new Error('refused for good')
  })
  pacer.push('one')
  await pacer.flush()
  pacer.push(' two')
  await expect(pacer.flush()).rejects.toThrow('refused for good')
  pacer.push(' three')
  expect(sent.map(({ text }) => text)).toEqual(['one'])
  expect(pacer.unsent()).toBe(' two three')
})
