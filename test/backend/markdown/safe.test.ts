import { describe, expect, test } from 'vitest'
import { randomOf } from '../../random.ts'
import { liveAddresses } from './live-addresses.ts'
import { allowed, shown, WIKI } from './shown.ts'

describe('the label of a link is made safe', () => {
  test.each([
    [
      '[the team [<!channel>](https://a.example)](https://b.example)',
      'the team `@channel` (`https://b.example`)',
    ],
    ['[ask [<@U0BOSS>](https://a.example)](https://b.example)', 'ask `@U0BOSS` (`https://b.example`)'],
    [
      '[read [the guide [here](https://evil.example/a)](https://b.example)](https://c.example)',
      'read the guide here (`https://c.example`)',
    ],
    ['[[https://evil.example](y)](z)', '`https://evil.example`'],
    ['<~~~https://evil.example/b>', '&lt;~~~`https://evil.example/b`>'],
    [`[a [b](${WIKI})](${WIKI})`, `[a b](${WIKI})`],
    [`<${WIKI}|a] b>`, `[a\\] b](${WIKI})`],
    [`<${WIKI}|a\\>`, `[a\\\\](${WIKI})`],
    ['[](x<!channel>)', '`x<\u200b!channel>`'],
  ])('%s', (answer, text) => {
    expect(shown(answer)).toBe(text)
  })
})

describe('the address that is written is the one that was checked', () => {
  test.each([
    ['[VPN](https://wiki.example\\.evil.example/../it/laptops)', `[VPN](${WIKI})`],
    ['<https://wiki.example\\.evil.example/../it/laptops>', `[${WIKI}](${WIKI})`],
    ['[b](https://wiki.example/a_(b))', '[b](https://wiki.example/a_%28b%29)'],
    [
      'see https://wiki.example[9].evil.example',
      'see [https://wiki.example](https://wiki.example/)[9].evil.example',
    ],
    ['see https://wiki.example [9].evil.example', 'see https://wiki.example [9].evil.example'],
    [`see ${WIKI}{x}`, `see [${WIKI}](${WIKI}){x}`],
    [`see ${WIKI}.`, `see ${WIKI}.`],
    ['www[9].evil.example', 'www[9].evil.example'],
    ['www 【9】', 'www'],
    ['www【9】\n.evil.example', 'www\n.evil.example'],
    ['[h](x)ttps://evil.example', 'h\u200bttps://evil.example'],
  ])('%s', (answer, text) => {
    expect(shown(answer)).toBe(text)
  })

  test('the citation of a page whose address holds a password has no link', () => {
    expect(shown('So it is [1].', undefined, 'https://ada:secret@files.example/x')).toBe('So it is [1].')
  })

  test.each([
    [
      'https://files.example/Shared Documents/Leave policy.pdf',
      'https://files.example/Shared%20Documents/Leave%20policy.pdf',
    ],
    ['https://files.example/x)y(z', 'https://files.example/x%29y%28z'],
    ['https://files.example/?a=1&copy;=2|3', 'https://files.example/?a=1&copy%3B=2%7C3'],
  ])('the citation of the page %s links to its escaped address', (url, href) => {
    expect(shown('So it is [1].', undefined, url)).toBe(`So it is [1](${href}).`)
  })
})

test('6,000 random answers have no live link and no mention that is not on the allow list', () => {
  const random = randomOf(11)
  const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T
  const evil = ['[x](https://evil.example/a)', 'https://evil.example/b', '<https://evil.example/c>', '<https://evil.example/d|y>', '<!channel>', '<@U0BOSS>', 'www.evil.example', '[a [b](https://evil.example/e)](https://evil.example/f)', '[v](https://wiki.example\\.evil.example/../it/laptops)', '.evil.example', '//evil.example'] // biome-ignore format: a list
  const given = [
    WIKI,
    'https://wiki.example',
    `[ok](${WIKI})`,
    `<${WIKI}|`,
    `<${WIKI}>`,
    '<@U00ADA>',
    '[1]',
    '[9]',
    '[0]',
    '`a | b`',
  ]
  const blocks = ['\n', '\n', '\n', '\n\n', '\n\n', '```', '```js\n', '```\n', '~~~', '~~~\n', '> ', '>', '- ', '* ', '1. ', '2. ', '  ', '   ', '    ', '\t', '> - ', '#', '---', '\n|---|---|\n', '\n| a | b |\n|---|---|\n| ', '\n:-\n', '-\n', '\r'] // biome-ignore format: a list
  const inline = ['a', 'b c', ' ', '`', '``', '```', '*', '[', '](', ']', '(', ')', '|', ' | ', '\\', '!', '<', '>', ': ', '[f]: ', '&lt;', '&#104;', 'h', 'ttps://evil.example', 'w', '[w](x)', '[```](x)', '[- ](x)', '<br>', '<b>', '</b>', '<i>', '<s>', '<li>', '<p>', '<code>', '</code>', '<a href="https://evil.example/g">', '</a>', '<h2>', '</h2>', '<think>', '</think>', '<td>', '<foo>', '【9】'] // biome-ignore format: a list
  const isGiven = (address: string) => allowed.urls.has(address) || address === `${WIKI}/1`
  let links = 0
  for (let round = 0; round < 6_000; round++) {
    const bits = Array.from({ length: 2 + Math.floor(random() * 11) }, () =>
      pick(pick([evil, given, blocks, inline])),
    )
    const answer = `${bits.join('')}\n${pick(evil)}`
    const deltas = answer.match(new RegExp(`[\\s\\S]{1,${1 + Math.floor(random() * 9)}}`, 'g')) ?? []
    const text = shown(answer, deltas)
    const addresses = liveAddresses(text)
    links += addresses.length
    expect(
      addresses.filter((address) => !isGiven(address)),
      JSON.stringify(answer),
    ).toEqual([])
    expect(text, JSON.stringify(answer)).not.toMatch(
      /<(?:!(?:channel|here|everyone|subteam)|@(?!U00ADA>)|https?:)/,
    )
    expect(text, JSON.stringify(answer)).toBe(shown(answer))
  }
  // The sanitizer keeps the links that may be live.
  expect(links).toBeGreaterThan(1_000)
})
