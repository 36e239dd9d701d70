import { describe, expect, test } from 'vitest'
import type { Turn } from '../../../backend/handoff.ts'
import { TURNS_TABLE } from '../../../playground/account.ts'
import { ending, saying, silent, speaking } from '../../flow/models.ts'
import { openTurnStage } from './turn-stage.ts'

const stage = openTurnStage()

const key = ({ id }: Turn) => `turn#${id}`
const ms = (value: number) => ({ N: String(value) })

describe('a second delivery of a turn', () => {
  test('is a duplicate after the turn was answered', async () => {
    const turn = stage.ask()
    expect((await stage.answer(turn)).outcome).toBe('answered')
    expect(await stage.answer(turn)).toEqual({ outcome: 'duplicate' })
    expect(stage.texts(turn)).toHaveLength(1)
  })

  test('is a duplicate while the lease of the first one runs', async () => {
    const turn = await claimedByAnother(60_000)
    expect(await stage.answer(turn)).toEqual({ outcome: 'duplicate' })
  })

  test('is answered if the lease of the first one has run out', async () => {
    const turn = await claimedByAnother(-1_000)
    expect((await stage.answer(turn)).outcome).toBe('answered')
  })

  test('is answered if the record has expired, although DynamoDB has not deleted it', async () => {
    const turn = stage.ask()
    await stage.answer(turn)
    await stage.expire(key(turn))
    expect((await stage.answer(turn)).outcome).toBe('answered')
  })
})

describe('"Try again" below a failed answer', () => {
  test('is the next attempt, and is reported as such', async () => {
    const turn = await failed()
    expect(await stage.answer(stage.retryOf(turn))).toMatchObject({ outcome: 'answered', attempt: 2 })
  })

  test('leaves nothing of the attempt before it in the record', async () => {
    const turn = await failed()
    expect((await stage.stored(key(turn)))[0]).toHaveProperty('replyTs')
    const owner = { requestId: 'next', endsAt: Date.now() + 60_000 }
    await stage.backend.answer.claims.claimAgain(stage.retryOf(turn), owner)
    const [record] = await stage.stored(key(turn))
    expect(record).toMatchObject({ turnState: { S: 'claimed' }, requestId: { S: 'next' } })
    for (const attribute of ['replyTs', 'outcomeTold', 'probeId', 'probeAnswer'])
      expect(record).not.toHaveProperty(attribute)
  })

  test('is a duplicate if the same button was pressed before', async () => {
    const turn = await failed()
    stage.model = ending('', 'content_filtered')
    expect(await stage.answer(stage.retryOf(turn))).toMatchObject({ outcome: 'failed', attempt: 2 })
    expect(await stage.answer(stage.retryOf(turn))).toEqual({ outcome: 'duplicate' })
  })

  test.each([
    ['comes from another channel', { channel: 'C00RANDOM' }, 'expired'],
    ['comes from another person', { userId: 'U00GRACE' }, 'not_asker'],
  ])('does not run if it %s', async (_, press, outcome) => {
    const turn = await failed()
    expect(await stage.answer(stage.retryOf(turn, press))).toEqual({ outcome })
    expect((await stage.stored(key(turn)))[0]).toMatchObject({ attempt: { N: '1' } })
  })

  test('does not run if the record has expired, although DynamoDB has not deleted it', async () => {
    const turn = await failed()
    await stage.expire(key(turn))
    expect(await stage.answer(stage.retryOf(turn))).toEqual({ outcome: 'expired' })
  })

  test('is apologized for if its process is lost, although the attempt before it ended', async () => {
    const turn = await failed()
    const retry = stage.retryOf(turn)
    const owner = { requestId: 'lost', endsAt: Date.now() + 60_000 }
    expect((await stage.backend.answer.claims.claimAgain(retry, owner)).outcome).toBe('claimed')
    expect(await stage.giveUp(retry, 'lost')).toBe('told')
    expect(stage.texts(turn)).toHaveLength(2)
  })
})

describe('a process that answers', () => {
  test('writes nothing more once another process has claimed its turn', async () => {
    stage.model = silent(60_000)
    const turn = stage.ask()
    const asked = stage.called(({ method }) => method === 'ConverseStream', 'begun')
    const answering = stage.answer(turn)
    await asked
    const before = stage.texts(turn)
    await stage.change(key(turn), 'SET claimToken = :other', OTHER_TOKEN)
    expect((await answering).outcome).toBe('taken_over')
    expect(stage.texts(turn)).toEqual(before)
  })

  test('does not end a turn that another process claims while the message is closed', async () => {
    const turn = stage.ask()
    stage.faults = ({ method }) => (method === 'chat.stopStream' ? { kind: 'late', ms: 2_000 } : undefined)
    const closing = stage.called(({ method }) => method === 'chat.stopStream', 'begun')
    const answering = stage.answer(turn)
    await closing
    await stage.change(key(turn), 'SET claimToken = :other', OTHER_TOKEN)
    expect((await answering).outcome).toBe('taken_over')
    expect((await stage.stored(key(turn)))[0]?.turnState?.S).toBe('claimed')
  })

  test('writes its whole answer although its record is gone from the table', async () => {
    stage.model = speaking(30, 100)
    const turn = stage.ask()
    const asked = stage.called(({ method }) => method === 'ConverseStream', 'begun')
    const answering = stage.answer(turn)
    await asked
    await stage.dynamo.deleteItems(TURNS_TABLE, ({ pk }) => pk?.S === key(turn))
    await answering
    expect(stage.texts(turn)[0]?.trim()).toMatch(/word30$/)
  })
})

const OTHER_TOKEN = { ':other': { S: 'the token of another process' } }

/** A turn that another process has claimed; its lease ends so many milliseconds from now. */
async function claimedByAnother(leaseMs: number): Promise<Turn> {
  const turn = stage.ask()
  await stage.answer(turn)
  await stage.change(key(turn), 'SET turnState = :claimed, leaseUntil = :lease REMOVE outcomeTold', {
    ':claimed': { S: 'claimed' },
    ':lease': ms(Date.now() + leaseMs),
  })
  return turn
}

/** A turn whose first attempt has failed. The next one would be answered. */
async function failed(): Promise<Turn> {
  stage.model = ending('', 'content_filtered')
  const turn = stage.ask()
  expect((await stage.answer(turn)).outcome).toBe('failed')
  stage.model = saying('The VPN guide lives under IT.')
  return turn
}
