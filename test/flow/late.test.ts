import { expect, test } from 'vitest'
import { LATE_MS, lateNote } from '../../backend/late.ts'
import { invoke, turnAbout } from './invoke.ts'
import { ANSWER, openStage, seen } from './stage.ts'

const stage = openStage()

test('an answer that comes late says when it was asked', async () => {
  const turn = turnAbout(stage, { receivedAt: Date.now() - 3 * 3_600_000 })
  await invoke(stage, turn)
  const { text } = seen(stage.stack, turn.channel, turn.threadTs, turn.ts, 0)
  expect(text).toMatch(/^_You asked this 3 hours ago\._\n\n/)
  expect(text).toContain(ANSWER)
})

test.each([
  [LATE_MS, undefined],
  [LATE_MS + 1, 'You asked this 5 minutes ago.'],
  [59 * 60_000, 'You asked this 59 minutes ago.'],
  [3_600_000, 'You asked this 1 hour ago.'],
  [20 * 3_600_000, 'You asked this 20 hours ago.'],
])('after %d ms: %s', (ageMs, note) => {
  expect(lateNote(1_790_000_000_000, 1_790_000_000_000 + ageMs)).toBe(note)
})
