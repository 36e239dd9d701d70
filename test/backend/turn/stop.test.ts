import { expect, test } from 'vitest'
import { STALE_STOP_MS } from '../../../backend/turn/stop.ts'
import { openTurnStage } from './turn-stage.ts'

const stage = openTurnStage()

/** When Stop was pressed in a thread, as the table has it. */
const markedAt = async ({ channel, threadTs }: { channel: string; threadTs: string }) =>
  (await stage.stored(`stop#${channel}:${threadTs}`)).map(({ eventTs }) =>
    Math.round(Number(eventTs?.S) * 1000),
  )

test('a Stop that a queue has held for too long leaves no mark', async () => {
  const turn = stage.ask()
  expect(await stage.stop(turn, Date.now() - STALE_STOP_MS - 1_000)).toBe('stale')
  expect(await markedAt(turn)).toEqual([])
})

test('a Stop that arrives after a later one does not replace its mark', async () => {
  const turn = stage.ask()
  const later = Date.now()
  expect(await stage.stop(turn, later)).toBe('marked')
  expect(await stage.stop(turn, later - 60_000)).toBe('marked')
  expect(await markedAt(turn)).toEqual([later])
  expect(await stage.stop(turn, later + 1_000)).toBe('marked')
  expect(await markedAt(turn)).toEqual([later + 1_000])
})
