import { expect, test } from 'vitest'
import { disobedient } from './disobedient-model.ts'
import { mention, openStage, post } from './flow-stage.ts'

const stage = openStage({ knowledge: 'none' })

test('with no knowledge base the thread alone answers, and nothing is searched or excused', async () => {
  const { threadTs } = await post(stage, {
    user: 'U00GRACE',
    text: 'The release train leaves on Thursday at 14:00.',
  })
  const { text, calls, replies } = await post(stage, {
    threadTs,
    text: mention('when does the release train leave?'),
  })
  expect(text).toContain('The release train leaves on Thursday at 14:00.')
  expect(calls.filter(({ method }) => method === 'Retrieve' || method === 'Rerank')).toEqual([])
  expect(replies[0]?.tasks.map(({ id }) => id)).toEqual(['thread'])
})

test('a number that cites nothing vanishes', async () => {
  stage.model = disobedient
  const { text } = await post(stage, { text: mention('when does the release train leave?') })
  expect(text).toContain('It is in the guide, and in two that nobody gave me.')
})
