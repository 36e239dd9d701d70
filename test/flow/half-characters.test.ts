import { expect, test } from 'vitest'
import { PASSAGE_LIMIT_CHARS } from '../../backend/prompt/passage.ts'
import { QUERY_LIMIT_CHARS } from '../../backend/prompt/query.ts'
import { knowledgeBaseId } from '../../playground/account.ts'
import { passagesFor } from './fenced-passages.ts'
import { mention, openStage, post } from './flow-stage.ts'
import { saying } from './models.ts'

const stage = openStage()

/** All strings in a value. */
function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : []
}

test('no half character goes to Bedrock, whatever a page, a title, a person or a limit cuts in two', async () => {
  stage.faults = ({ method, args }) =>
    method === 'Retrieve' && args.knowledgeBaseId === knowledgeBaseId(0)
      ? {
          kind: 'answer',
          status: 200,
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({
            retrievalResults: [
              {
                content: { text: `${'v'.repeat(PASSAGE_LIMIT_CHARS - 1)}😀 end` },
                metadata: { title: 'Cut' },
              },
              { content: { text: 'The VPN guide \ud83d.' }, metadata: { title: 'Half \ude00' } },
            ],
          }),
        }
      : undefined
  stage.model = saying('So it is [1].')
  const { threadTs } = await post(stage, { user: 'U00GRACE', text: 'Half a wave \ud83d' })
  const family = '👨‍👩‍👧‍👦'
  const question = `${family}${'v'.repeat(QUERY_LIMIT_CHARS - 3)}`
  const { text, calls } = await post(stage, { threadTs, text: mention(question) })
  expect(text).toMatch(/^So it is/)
  const toBedrock = calls.filter(({ to }) => to === 'bedrock')
  expect(toBedrock.map(({ method, status }) => [method, status])).toEqual([
    ['Retrieve', 200],
    ['Retrieve', 200],
    ['Rerank', 200],
    ['ConverseStream', 200],
  ])
  const sent = toBedrock.flatMap(({ args }) => stringsIn(args))
  expect(sent.filter((one) => !one.isWellFormed())).toEqual([])
  // Of a character at a limit nothing is left, not even a sign for half of it.
  const query = toBedrock[0]?.args.retrievalQuery as { text: string }
  expect(query.text).toBe('v'.repeat(QUERY_LIMIT_CHARS - 3))
  expect(passagesFor(calls).find(({ title }) => title === 'Cut')?.text).toBe(
    'v'.repeat(PASSAGE_LIMIT_CHARS - 1),
  )
})
