import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { folder, npm } from './npm.ts'

test('npm run ask finds a fact in one of 201 pages with its link, and not after the page is removed', async () => {
  const dir = await folder()
  await mkdir(join(dir, 'handbook'))
  for (let n = 1; n <= 200; n++) {
    const page = `# Team ${n}\n\nTeam ${n} meets on weekday ${n % 5}. Its budget code is TB-${1000 + n}.\n\n## Contacts\n\nWrite to team-${n}@fernwood.example.\n`
    await writeFile(join(dir, 'handbook', `team-${n}.md`), page)
  }
  const units = 1000 + Math.floor(Math.random() * 9000)
  const fact = join(dir, 'handbook', 'quotas.md')
  await writeFile(fact, `# Quotas\n\n## Mirin\n\nThe zorblax quota of the Mirin team is ${units} units.\n`)
  const ask = () =>
    npm('run', 'ask', '--', '--json', '--knowledge', dir, 'What is the zorblax quota of the Mirin team?')
      .ended

  const found = await ask()
  const answered = JSON.parse(found.out.trim().split('\n').at(-1) ?? '')
  expect(found.status, found.out + found.err).toBe(0)
  expect(answered).toMatchObject({ outcome: 'answered', text: expect.stringContaining(`${units} units`) })
  expect(answered.citations).toEqual([
    { n: 1, title: 'Quotas › Mirin', url: expect.stringMatching(/\/handbook\/quotas\.md#mirin$/) },
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

  await rm(fact)
  const lost = await ask()
  expect(lost.status).toBe(3)
  expect(JSON.parse(lost.out.trim().split('\n').at(-1) ?? '')).toMatchObject({
    outcome: 'not-found',
    citations: [],
  })
  expect(lost.out).not.toContain(String(units))
})
