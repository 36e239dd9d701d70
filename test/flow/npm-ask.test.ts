import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { folder, npm } from './npm.ts'

const FACT = 'The zorblax quota of the Mirin team is 47,110 units.'

/** A folder of 200 pages, in which no page holds the fact. */
async function handbook(): Promise<string> {
  const dir = join(await folder(), 'handbook')
  await mkdir(dir)
  for (let n = 1; n <= 200; n++) {
    const page = `# Team ${n}\n\nTeam ${n} meets on weekday ${n % 5}. Its budget code is TB-${1000 + n}.\n\n## Contacts\n\nWrite to team-${n}@fernwood.example.\n`
    await writeFile(join(dir, `team-${n}.md`), page)
  }
  return dir
}

/** Asks for the fact, and reads the last line of the output. */
async function ask(dir: string) {
  const question = 'What is the zorblax quota of the Mirin team?'
  const { status, out, err } = await npm('run', 'ask', '--', '--json', '--knowledge', dir, question).ended
  const last = out.trim().split('\n').at(-1) ?? ''
  expect(last, out + err).toMatch(/^\{/)
  return { status, out, answered: JSON.parse(last) }
}

test('npm run ask finds a fact in one of 201 pages, with its link and a timeline', async () => {
  const dir = await handbook()
  await writeFile(join(dir, 'quotas.md'), `# Quotas\n\n## Mirin\n\n${FACT}\n`)
  const { status, answered } = await ask(dir)
  expect(status).toBe(0)
  expect(answered).toMatchObject({ outcome: 'answered', text: expect.stringContaining(FACT) })
  expect(answered.citations).toEqual([
    { n: 1, title: 'Quotas › Mirin', url: expect.stringMatching(/\/quotas\.md#mirin$/) },
  ])
  expect(answered.text).toContain(answered.citations[0].url)
  expect(answered.reference).toMatch(/^[0-9a-f]{8}$/)
  expect(answered.timeline.map(({ step }: { step: string }) => step).sort()).toEqual(
    [
      'ack',
      'invoke',
      'claim',
      'thread',
      'retrieve',
      'rerank',
      'first token',
      'first visible text',
      'done',
    ].sort(),
  )
  expect(answered.calls).toContainEqual({
    to: 'bedrock',
    method: 'ConverseStream',
    ms: expect.any(Number),
    status: 200,
  })
})

test('npm run ask says that a fact is not in the pages, by its exit status too', async () => {
  const { status, out, answered } = await ask(await handbook())
  expect(status).toBe(3)
  expect(answered).toMatchObject({ outcome: 'not-found', citations: [] })
  expect(answered.text).toMatch(/^I found nothing about this in the \d+ passages/)
  expect(out).not.toContain('47,110')
})
