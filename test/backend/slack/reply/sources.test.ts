import { expect, test } from 'vitest'
import { distinct } from '../../../../backend/prompt/passage.ts'
import { sourceBlocks } from '../../../../backend/slack/reply/sources.ts'
import { randomOf } from '../../../random.ts'

test('no field of 3,000 random pages can write anything but data into the list of sources', () => {
  const random = randomOf(21)
  const bits = ['<!channel>', '<@U00BOSS>', '<https://evil.example|x>', '&lt;!here&gt;', '|', '>', '<', '&', '\n', '\r', '\u2028', '\u202e', '\ud83d', 'x', ' ', 'https://wiki.example/', '*', '`', '(', ']', '2026-03-01', 'javascript:alert(1)'] // biome-ignore format: a list
  const some = () =>
    Array.from({ length: Math.floor(random() * 7) }, () => bits[Math.floor(random() * bits.length)]).join('')
  for (let round = 0; round < 3_000; round++) {
    const passage = { id: some(), title: some(), text: `x${some()}`, base: some(), score: 1 }
    const url = random() < 0.5 ? `https://wiki.example/${some()}` : some()
    // As the store says it, and as the rest of the backend gets it.
    const raw = { ...passage, url, updated: some() }
    for (const given of [raw, ...distinct([raw])]) {
      const text = sourceBlocks([{ ...given, number: 1 }])[0]?.text?.text ?? ''
      expect(text.isWellFormed()).toBe(true)
      expect(text.split(/[\n\r\u2028]/), JSON.stringify(given)).toHaveLength(2)
      const [, line = ''] = text.split('\n')
      // One link to the page at most; everything else in angle brackets is escaped.
      const withoutLink = line.replace(/^1\. <https?:\/\/[^<>|\s]+\|[^<>|]*>/, '')
      expect(withoutLink, JSON.stringify(given)).not.toMatch(/[<>]|&(?!amp;|lt;|gt;)/)
    }
  }
})

test('sources that are too long for one section lose their addresses first', () => {
  const cited = Array.from({ length: 8 }, (_, n) => ({
    id: `${n}`,
    number: n + 1,
    title: `Page ${n + 1} ${'x'.repeat(100)}`,
    text: '',
    base: 'wiki',
    score: 1,
    url: `https://wiki.example/${n}/${'y'.repeat(900)}`,
  }))
  const text = sourceBlocks(cited)[0]?.text?.text ?? ''
  expect(text.length).toBeLessThanOrEqual(3_000)
  expect(text.match(/^\d\. /gm)).toHaveLength(8)
})
