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

test('a turn over the limit costs no call to Bedrock', async () => {
  const hour = Math.floor(Date.now() / 3_600_000)
  await stage.change(
    `limit#person#${identity.teamId}:U00ADA#${hour}`,
    'SET turnCount = :most, expiresAt = :later',
    {
      ':most': { N: String(limits.turnsPerPersonPerHour) },
      ':later': { N: String(Math.floor(Date.now() / 1000) + 7_200) },
    },
  )
  const before = stage.calls.length
  expect((await stage.answer(stage.ask())).outcome).toBe('limited')
  const made = stage.calls.slice(before)
  expect(made.map(({ to }) => to)).toContain('dynamo')
  expect(made.filter(({ to }) => to === 'bedrock')).toEqual([])
})
