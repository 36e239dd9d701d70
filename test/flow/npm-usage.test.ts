import { expect, test } from 'vitest'
import { npm } from './npm.ts'

test.each([
  [['run', 'ask'], 'No question was given: add it in quotes, npm run ask -- "question". See --help.'],
  [['run', 'ask', '--', '--loud', 'why?'], "Unknown option '--loud'. See --help."],
  [['run', 'ask', '--', '--knowledge', '/nowhere', 'why?'], 'The folder /nowhere does not exist.'],
  [['start', '--', '--port', '99999'], '--port must be a number from 1 to 65535'],
])('npm %j says in one sentence what is wrong with its arguments', async (args, sentence) => {
  const { status, out, err } = await npm(...args).ended
  expect([status, out]).toEqual([2, ''])
  expect(err).toContain(sentence)
  expect(
    err
      .trim()
      .split('\n')
      .filter((line) => !line.startsWith('npm ')),
  ).toHaveLength(1)
})
