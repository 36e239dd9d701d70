import { randomInt } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import type { KnowledgeBase } from '../../../playground/bedrock/knowledge-base.ts'
import { createKnowledgeBase } from '../../../playground/bedrock/rank.ts'
import { rerank } from '../../../playground/bedrock/rerank.ts'
import { readDocuments } from '../../../playground/documents/documents.ts'
import type { DocumentFolder } from '../../../playground/documents/files.ts'
import { BASE, folder } from '../documents/folder.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

async function search(knowledge: KnowledgeBase, query: string) {
  const hits = await knowledge.retrieve(query, 20)
  const ranked = rerank(
    query,
    hits.map(({ passage }) => `${passage.title}\n${passage.text}`),
  )
  const reranked = ranked.map(({ index, relevanceScore }) => ({
    title: hits[index]?.passage.title,
    relevanceScore,
  }))
  return { hits, reranked, titles: hits.map(({ passage }) => passage.title) }
}

const base = (...texts: string[]) =>
  createKnowledgeBase(
    texts.map((text, n) => ({ id: `${n}`, title: `Page ${n}`, url: '', path: '', text })),
    'S3',
  )

const indexOf = async (folders: DocumentFolder[]) => {
  const { passages } = await readDocuments({ folders, baseUrl: BASE })
  return createKnowledgeBase(passages, 'WEB')
}

const OWN = indexOf([
  { dir: ROOT, files: ['README.md', 'docs/**'] },
  { dir: join(ROOT, 'playground/knowledge') },
])

test.each([
  ["How do I rotate the edge's AWS key?", "Operation › Rotate the edge's AWS key"],
  ['What is the reference of a failure for?', "Operation › What a failure's reference is for"],
  ['What does BRW-207 mean?', 'VPN and remote access › Error codes'],
  ['What is the hotel limit in Berlin?', 'Business travel › Hotels'],
  ['How much am I paid for a week of on-call?', 'On-call › Pay'],
  ['Who is signing the firmware?', 'Release process › Firmware train'],
  ['how many holiday are there a year', 'Onboarding › Holidays'],
  ['What is the code for bridge days?', 'Office closing days 2027 › Bridge days'],
  ['How do I share my screen in a meeting room?', 'meeting-room-screens'],
])('the question "%s" finds "%s" in the default documents', async (question, title) => {
  const { titles, reranked } = await search(await OWN, question)
  expect([titles[0], reranked[0]?.title]).toEqual([title, title])
})

test.each(['What is the capital of France?', 'How do I feed the office cat?', 'What does BRW-208 mean?'])(
  'the question "%s" gets low scores, because the default documents do not answer it',
  async (question) => {
    const { hits, reranked } = await search(await OWN, question)
    expect(hits[0]?.score ?? 0).toBeLessThan(0.3)
    expect(reranked[0]?.relevanceScore ?? 0).toBeLessThan(0.15)
  },
)

test('a fact in one page among 200 others ranks first, and without the page nothing scores high', async () => {
  const made = (n: number) =>
    Array.from(`${n * 7919 + 104729}`, (digit) =>
      'bodukamirepisalunote'.slice(+digit * 2, +digit * 2 + 2),
    ).join('')
  const page = (name: string, n: number) =>
    `# The ${name} team\n\n## Door\n\nThe door code of the ${name} team is ${n}. The code changes in May.\n\n## Lunch\n\nThe team eats at noon.\n`
  const files = Object.fromEntries(
    Array.from({ length: 200 }, (_, n) => [`team-${n}.md`, page(made(n), n + 1000)]),
  )
  const code = randomInt(500_000, 999_999)
  const name = `Zor${made(randomInt(300, 900))}`
  const dir = await folder({ ...files, 'zz.md': page(name, code) })
  const ask = async () => search(await indexOf([{ dir }]), `What is the door code of the ${name} team?`)

  const before = await ask()
  expect(before.hits[0]?.passage).toMatchObject({
    url: `${BASE}zz.md#door`,
    text: expect.stringContaining(`${code}`),
  })
  expect(before.hits[0]?.score).toBeGreaterThan(0.8)
  expect(before.reranked[0]?.title).toBe(`The ${name} team › Door`)
  expect(before.reranked[0]?.relevanceScore).toBeGreaterThan(0.5)

  await rm(join(dir, 'zz.md'))
  const after = await ask()
  expect(after.hits).not.toEqual([])
  expect(after.hits[0]?.score).toBeLessThan(0.4)
})

test.each([
  ['rotating', 'Keys are rotated by hand.'],
  ['laptops', 'A laptop is green.'],
  ['policies', 'The policy says no.'],
  ['calibraton', 'The calibration is due.'],
  ['Cafe', 'The café is open.'],
  ['vera-answer', 'It runs as vera-answer:live today.'],
  ['VERA-ANSWER:LIVE', 'It runs as vera-answer:live today.'],
  ['access key', 'Set AWS_ACCESS_KEY_ID first.'],
  ['knowledge base', 'Call createKnowledgeBase first.'],
  ['1500', 'At most 1,500 pieces.'],
  ['密码', '请在设置里修改密码。'],
])('the query "%s" finds only "%s"', async (query, text) => {
  expect(
    (await base('Something else.', text, 'Nothing at all.').retrieve(query, 5)).map(
      ({ passage }) => passage.text,
    ),
  ).toEqual([text])
})

test('a word in the title counts more than in the text', async () => {
  const passage = { url: '', path: '', text: 'How we work.' }
  const hits = await createKnowledgeBase(
    [
      { ...passage, id: 'text', title: 'Tools', text: 'Burrow. Burrow!' },
      { ...passage, id: 'title', title: 'Burrow and other tools for remote access' },
    ],
    'WEB',
  ).retrieve('burrow', 2)
  expect(hits.map(({ passage: { id } }) => id)).toEqual(['title', 'text'])
})

test('a number finds only itself, and common words find nothing', async () => {
  const numbers = base('Form IT-2245.', 'Form IT-2246.', 'Room 22460.')
  expect((await numbers.retrieve('2246', 5)).map(({ passage }) => passage.text)).toEqual(['Form IT-2246.'])
  expect(await numbers.retrieve('form-2247', 5)).toEqual([])
  expect(await numbers.retrieve('what is it?', 5)).toEqual([])
  expect(await numbers.retrieve('constructor __proto__', 5)).toEqual([])
})

test('retrieve returns as many hits as asked for, best first, with scores from 0 to 1', async () => {
  const hits = await (await OWN).retrieve('Where is the limit of a claim for the release of keys?', 12)
  const scores = hits.map(({ score }) => score)
  expect(scores).toHaveLength(12)
  expect(scores).toEqual(scores.toSorted((a, b) => b - a))
  expect(Math.max(...scores)).toBeLessThanOrEqual(1)
  expect(Math.min(...scores)).toBeGreaterThan(0)
})

test('rerank puts the right text above one that only repeats the words', async () => {
  const stuffed =
    'Release, release, release! A release may freeze. Freeze the release: the release train, release notes, and what freezes.'
  const right = '## Release freeze\n\nNothing goes out from Friday on.'
  const question = 'When is the release freeze?'
  const hits = await base(right, stuffed).retrieve(question, 5)
  expect(hits[0]?.passage.text).toBe(stuffed)
  const texts = hits.map(({ passage }) => passage.text)
  expect(texts[rerank(question, texts)[0]?.index ?? -1]).toBe(right)
})

test.each([
  [
    'the very identifier',
    'What is error E-1042 of the printer on the third floor?',
    'The printer on the third floor has an error, E-1043.',
    'Error E-1042, printer: out of paper.',
  ],
  [
    'the phrase',
    'retention period',
    '# Rules\n\nA period, retention rules, period.',
    '# Rules\n\nA retention period, rules, period.',
  ],
  ['the heading', 'parental leave', '# Rules\n\nOn parental leave.', '# Parental leave\n\nThe rules.'],
  [
    'nearness',
    'badge reader battery',
    `# Rules\n\nBattery. ${'Filler text. '.repeat(30)}A reader, a badge.`,
    `# Rules\n\nBattery, old reader, old badge. ${'Filler text. '.repeat(30)}`,
  ],
])('rerank prefers %s', (_, query, worse, better) => {
  const ranked = rerank(query, [worse, better])
  expect(ranked.map(({ index }) => index)).toEqual([1, 0])
  expect(ranked[0]?.relevanceScore).toBeLessThanOrEqual(1)
})

test('rerank scores every text, an unrelated one 0, and always the same', () => {
  const texts = ['Bananas are yellow.', 'The VPN is called Burrow.', '']
  const ranked = rerank('What is the VPN called?', texts)
  expect(ranked.map(({ index }) => index)).toEqual([1, 0, 2])
  expect(ranked.slice(1).map(({ relevanceScore }) => relevanceScore)).toEqual([0, 0])
  expect(rerank('What is the VPN called?', texts)).toEqual(ranked)
  expect(rerank('???', texts).map(({ relevanceScore }) => relevanceScore)).toEqual([0, 0, 0])
})
