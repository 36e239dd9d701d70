import { expect, test } from 'vitest'
import { disobedient } from './disobedient-model.ts'
import { mention, openStage, post } from './flow-stage.ts'

const stage = openStage({ knowledge: 'none' })

test('without a knowledge base the answer comes from the thread, and nothing is searched', async () => {
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

test('without a knowledge base citation numbers are removed', async () => {
  stage.model = disobedient
  const { text } = await post(stage, { text: mention('when does the release train leave?') })
  expect(text).toContain('It is in the guide, and in two that nobody gave me.')
})
