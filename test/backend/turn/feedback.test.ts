import { describe, expect, test } from 'vitest'
import { openTurnStage } from './turn-stage.ts'

const stage = openTurnStage()

describe('a thumb', () => {
  test('is kept if it is for an answer of its own channel', async () => {
    const turn = stage.ask()
    await stage.answer(turn)
    expect(await stage.rate(turn)).toBe('kept')
    expect(await stage.stored(`feedback#${turn.id}`)).toMatchObject([
      { userId: { S: turn.userId }, thumb: { S: 'positive' } },
    ])
  })

  test('is not kept if it names a turn of another channel', async () => {
    const turn = stage.ask()
    await stage.answer(turn)
    expect(await stage.rate(turn, { channel: 'C00RANDOM' })).toBe('expired')
    expect(await stage.stored(`feedback#${turn.id}`)).toEqual([])
  })

  test('is not kept if the turn has expired, although DynamoDB has not deleted it', async () => {
    const turn = stage.ask()
    await stage.answer(turn)
    await stage.expire(`turn#${turn.id}`)
    expect(await stage.rate(turn)).toBe('expired')
    expect(await stage.stored(`turn#${turn.id}`)).toHaveLength(1)
    expect(await stage.stored(`feedback#${turn.id}`)).toEqual([])
  })
})
