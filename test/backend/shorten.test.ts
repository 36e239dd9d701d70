import { describe, expect, test } from 'vitest'
import { distinct } from '../../backend/prompt/passage.ts'
import { toPrompt } from '../../backend/prompt/prompt.ts'
import { toQuery } from '../../backend/prompt/query.ts'
import { beginningOf, endOf } from '../../backend/shorten.ts'
import { randomOf } from '../random.ts'

const FAMILY = '👨‍👩‍👧‍👦'

describe('a text is cut between two characters as people see them:', () => {
  test.each([
    ['ab😀', 3, 'ab', 'b😀'],
    ['a😀b😀', 2, 'a', '😀'],
    ['😀ab', 3, '😀a', 'ab'],
    [`a${FAMILY}b`, 8, 'a', 'b'],
    ['e\u0301e\u0301', 3, 'e\u0301', 'e\u0301'],
    ['🇩🇪🇫🇷', 6, '🇩🇪', '🇫🇷'],
    ['ab', 5, 'ab', 'ab'],
    ['', 5, '', ''],
  ])('%j at %i', (text, limit, beginning, end) => {
    expect([beginningOf(text, limit), endOf(text, limit)]).toEqual([beginning, end])
  })

  test('but for one that is longer than anybody writes, which is cut between its code points', () => {
    const marks = `😀${'\u0301'.repeat(5_000)}`
    expect(beginningOf(marks, 1_000)).toHaveLength(1_000)
    expect(endOf(marks, 1_000)).toHaveLength(1_000)
    expect(beginningOf('👩‍'.repeat(50), 100).isWellFormed()).toBe(true)
  })
})

test('whatever is cut and sent to Bedrock is well-formed, for 2,000 random texts', () => {
  const random = randomOf(12)
  const bits = [
    'a',
    ' ',
    '😀',
    '\ud83d',
    '\ude00',
    FAMILY,
    'e\u0301',
    '字',
    '&lt;',
    '<@U00ADA>',
    '🇩🇪',
    '\u200d',
  ]
  const some = (most: number) =>
    Array.from({ length: Math.floor(random() * most) }, () => bits[Math.floor(random() * bits.length)]).join(
      '',
    )
  for (let round = 0; round < 2_000; round++) {
    const text = some(60)
    const limit = Math.floor(random() * 80)
    for (const cut of [beginningOf(text, limit), endOf(text, limit)]) {
      expect(cut.isWellFormed(), JSON.stringify(text)).toBe(true)
      expect(cut.length).toBeLessThanOrEqual(limit)
    }
    const passages = distinct([
      { id: 'a', title: some(9), text: some(round % 100 === 0 ? 4_000 : 40), base: some(5), score: 1 },
    ])
    const prompt = toPrompt({
      question: some(20),
      asker: some(5),
      history: [{ role: 'user', text: some(20) }],
      passages: passages.map((passage) => ({ ...passage, number: 1 })),
      hasKnowledge: true,
      assistant: { name: some(5), instructions: some(20), answerWords: 1 },
      today: '2026-11-28',
    })
    const asked = { ts: '2', userId: 'U00ADA', text: some(round % 100 === 0 ? 1_500 : 30) }
    const said = { ts: '1', from: 'person' as const, userId: 'U00ADA', mrkdwn: some(30), streaming: false }
    const texts = [
      toQuery(asked, [said]),
      ...passages.flatMap(({ title, text: words }) => [title, words]),
      prompt.system,
      prompt.material ?? '',
      prompt.question,
      ...prompt.history.map(({ text: words }) => words),
    ]
    expect(texts.filter((one) => !one.isWellFormed())).toEqual([])
  }
})
