import { expect, test } from 'vitest'
import { TURNS_TABLE } from '../../playground/account.ts'
import { ephemerals, logged, openStage, post, press, QUESTION, stored } from './flow-stage.ts'

const stage = openStage()

test('a thumb is stored with the passages of the answer, replaced by a second click, and thanked for', async () => {
  const at = await post(stage, { text: QUESTION })
  const turnId = `A00FAKE:T00FAKE:C00GENERAL:${at.threadTs}`
  const press1 = { actionId: 'feedback', user: 'U00GRACE' } as const
  await press(stage, at, { ...press1, value: 'positive' })
  await stage.stack.settled()
  const kept = await stored(stage, `feedback#${turnId}`)
  expect(kept).toHaveLength(1)
  expect(kept[0]).toMatchObject({
    userId: { S: 'U00GRACE' },
    turnId: { S: turnId },
    thumb: { S: 'positive' },
    passages: { L: expect.arrayContaining([{ S: 'vpn' }]) },
  })
  const lifeDays = (Number(kept[0]?.expiresAt?.N) - Date.now() / 1000) / 86_400
  expect(Math.round(lifeDays)).toBe(90)

  await press(stage, at, { ...press1, value: 'negative' })
  await press(stage, at, { actionId: 'feedback', user: 'U00ADA', value: 'positive' })
  await stage.stack.settled()
  const changed = await stored(stage, `feedback#${turnId}`)
  expect(changed.map(({ userId, thumb }) => [userId?.S, thumb?.S]).sort()).toEqual([
    ['U00ADA', 'positive'],
    ['U00GRACE', 'negative'],
  ])
  const thanked = ephemerals(stage, at.channel, at.threadTs)
  expect(thanked.map(({ to }) => to).sort()).toEqual(['U00ADA', 'U00GRACE', 'U00GRACE'])
  for (const { text } of thanked) expect(text).toMatch(/^Thank you/)
  expect(logged(stage, 'feedback').map(({ outcome }) => outcome)).toEqual(['kept', 'kept', 'kept'])
  const counted = (metric: string) =>
    stage.stack.lambda.invocations.filter(({ logs }) => logs.some((line) => line.includes(`"${metric}":1`)))
  expect([counted('ThumbsUp').length, counted('ThumbsDown').length]).toEqual([2, 1])
})

test('a thumb under an answer that has expired is not stored, and the person is told', async () => {
  const at = await post(stage, { text: QUESTION })
  await stage.stack.dynamo.deleteItems(
    TURNS_TABLE,
    ({ pk }) => pk?.S === `turn#A00FAKE:T00FAKE:C00GENERAL:${at.threadTs}`,
  )
  await press(stage, at, { actionId: 'feedback', value: 'positive' })
  await stage.stack.settled()
  expect(await stored(stage, `feedback#A00FAKE:T00FAKE:C00GENERAL:${at.threadTs}`)).toEqual([])
  expect(ephemerals(stage, at.channel, at.threadTs)[0]?.text).toContain('too old')
})

test('a thumb is stored after the table has failed', async () => {
  const at = await post(stage, { text: QUESTION })
  const turnId = `A00FAKE:T00FAKE:C00GENERAL:${at.threadTs}`
  let left = 12
  stage.faults = ({ method, args }) =>
    method === 'PutItem' && JSON.stringify(args.Item).includes('feedback#') && left-- > 0
      ? { kind: 'answer', status: 500, body: '{}' }
      : undefined
  await press(stage, at, { actionId: 'feedback', value: 'positive' })
  await stage.stack.settled()
  expect(await stored(stage, `feedback#${turnId}`)).toHaveLength(1)
})
