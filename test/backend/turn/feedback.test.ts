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

  test('is thanked for in the thread, for its person alone', async () => {
    const turn = stage.ask()
    await stage.answer(turn)
    await stage.rate(turn, { userId: 'U00GRACE' })
    const recipients = stage.slack
      .thread(turn.channel, turn.threadTs)
      .flatMap(({ ephemeralTo }) => (ephemeralTo === undefined ? [] : [ephemeralTo]))
    expect(recipients).toEqual(['U00GRACE'])
  })

  test('changes an earlier thumb of its person, but not one that was pressed after it', async () => {
    const turn = stage.ask()
    await stage.answer(turn)
    const pressedAt = Date.now()
    await stage.rate(turn, { value: 'positive', receivedAt: pressedAt })
    await stage.rate(turn, { value: 'negative', receivedAt: pressedAt - 1_000 })
    expect(await stage.stored(`feedback#${turn.id}`)).toMatchObject([{ thumb: { S: 'positive' } }])
    await stage.rate(turn, { value: 'negative', receivedAt: pressedAt + 1_000 })
    expect(await stage.stored(`feedback#${turn.id}`)).toMatchObject([{ thumb: { S: 'negative' } }])
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
