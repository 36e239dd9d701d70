import { expect, test } from 'vitest'
import { limits } from '../../../assistant.config.ts'
import { identity } from '../../../playground/slack/identity.ts'
import { saying } from '../../flow/models.ts'
import { openTurnStage } from './turn-stage.ts'

const stage = openTurnStage({
  passages: [
    {
      id: 'vpn',
      text: 'The VPN guide lives under IT, Remote access.',
      title: 'VPN',
      url: 'https://wiki.fernwood.example/vpn',
      path: 'vpn.md',
    },
  ],
})

test('the report counts the passages that the model got and those that it cited', async () => {
  stage.model = saying('The VPN guide lives under IT. [1]')
  const turn = stage.ask()
  expect(await stage.answer(turn)).toMatchObject({ outcome: 'answered', passages: 1, cited: 1 })
  expect((await stage.stored(`turn#${turn.id}`))[0]?.passages).toEqual({ L: [{ S: 'vpn' }] })
})

test('a search is cancelled when the limit is reached, because nobody waits for it any more', async () => {
  const hour = Math.floor(Date.now() / 3_600_000)
  await stage.change(
    `limit#person#${identity.teamId}:U00ADA#${hour}`,
    'SET turnCount = :most, expiresAt = :later',
    {
      ':most': { N: String(limits.turnsPerPersonPerHour) },
      ':later': { N: String(Math.floor(Date.now() / 1000) + 7_200) },
    },
  )
  stage.faults = ({ method }) => (method === 'Retrieve' ? { kind: 'late', ms: 60_000 } : undefined)
  expect((await stage.answer(stage.ask())).outcome).toBe('limited')
  const searches = stage.calls.filter(({ method, status }) => method === 'Retrieve' && status !== 200)
  expect(searches).toHaveLength(1)
  await expect.poll(() => searches[0]?.marks.reset, { timeout: 60_000 }).toBeGreaterThan(0)
})
