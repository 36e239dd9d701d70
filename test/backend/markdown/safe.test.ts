import { describe, expect, test } from 'vitest'
import { addressesIn } from '../../../backend/markdown/address.ts'
import { createCitations } from '../../../backend/turn/citations.ts'
import { randomOf } from '../../random.ts'
import { liveAddresses } from './live-addresses.ts'

const WIKI = 'https://wiki.example/it/laptops'
const allowed = {
  urls: new Set(
    [
      'https://wiki.example/',
      WIKI,
      'https://wiki.example/a_(b)',
      'https://files.example/Leave policy.pdf',
    ].flatMap(addressesIn),
  ),
  userIds: new Set(['U00ADA']),
}
const cite = (url: string) => [{ id: 'a', number: 1, text: '', title: 'A', base: 'wiki', score: 1, url }]

function shown(answer: string, deltas = [answer], url = `${WIKI}/1`): string {
  const citations = createCitations(cite(url), { ...allowed, urls: new Set([...allowed.urls, url]) })
  return deltas.map(citations.transform).join('') + citations.flush()
}

describe('the label of a link is made safe', () => {
  test.each([
    ['[the team [<!channel>](https://a.example)](https://b.example)', 'the team `@channel`'],
    ['[ask [<@U0BOSS>](https://a.example)](https://b.example)', 'ask `@U0BOSS`'],
    [
      '[read [the guide [here](https://evil.example/a)](https://b.example)](https://c.example)',
      'read the guide here',
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
      'see [https://wiki.example](https://wiki.example/).evil.example',
    ],
    ['see https://wiki.example [9].evil.example', 'see https://wiki.example .evil.example'],
    [`see ${WIKI}{x}`, `see [${WIKI}](${WIKI}){x}`],
    [`see ${WIKI}.`, `see ${WIKI}.`],
    ['www[9].evil.example', 'www\u200b.evil.example'],
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

describe('we and Markdown agree on what is code and what is a link:', () => {
  test.each([
    [
      'a delimiter in a quotation does not close a block',
      '```\n> ```\n```\n[click](https://evil.example)',
      '```\n> ```\n```\nclick',
    ],
    [
      'an item that is not numbered 1 does not interrupt a paragraph',
      'Text\n2. ```\n   [click](https://evil.example)',
      'Text\n2. \\`\\`\\`\n   click',
    ],
    [
      'such an item behind another marker opens no block, because parsers disagree',
      'Text\n- 2) ~~~\n     [click](https://evil.example)',
      'Text\n- 2) \\~\\~\\~\n     click',
    ],
    [
      'a quotation in a quotation opens no block',
      '>> ```\n> [click](https://evil.example)',
      '>> \\`\\`\\`\n> click',
    ],
    [
      'a list in a quotation opens no block',
      '> - ~~~\n> [click](https://evil.example)',
      '> - \\~\\~\\~\n> click',
    ],
    [
      'a quotation in a list opens no block',
      '* > ```\n> [click](https://evil.example)',
      '* > \\`\\`\\`\n> click',
    ],
    [
      'a delimiter indented by a tab, four columns, opens no block',
      'Text\n\t```\n[click](https://evil.example)',
      'Text\n\t\\`\\`\\`\nclick',
    ],
    [
      'a delimiter behind a marker that vanishes opens a block',
      '[9]~~~\n[click](https://evil.example)\n',
      '~~~\n[click](https://evil.example)\n~~~\n',
    ],
    [
      'a pipe does not end code in a row of a table',
      '| a |\n| - |\n| `x | [click](https://evil.example) ` |',
      '| a |\n| - |\n| `x \\| [click](https://evil.example) ` |',
    ],
    [
      'a pipe does not end code in the header of a table',
      '`x | [click](https://evil.example) `\n-|-\n',
      '`x | [click](https://evil.example) `\n-|-\u200b\n',
    ],
    [
      'a pipe does not end code in a header whose delimiter row ends the answer',
      '`x | [click](https://evil.example) `\n-|-',
      '`x | [click](https://evil.example) `\n-|-\u200b',
    ],
    [
      'an address right behind code does not join it',
      '``a``https://evil.example/x',
      '``a``\u200b`https://evil.example/x`',
    ],
    [
      'code right behind an address does not join it',
      'https://evil.example/b```c```',
      '`https://evil.example/b`\u200b```c```',
    ],
    ['a byte order mark does not hide a delimiter', '\uFEFF~~~\n[1]\n', '~~~\n[1]\n~~~\n'],
    ['a carriage return does not begin a line', 'a\r~~~\n[click](https://evil.example)', 'a~~~\nclick'],
    ['a label on two lines does not become a link', '[a\nb](//evil.example)', '[a\nb]\u200b(//evil.example)'],
    [
      'a definition of a target does not define one',
      '[a]: //evil.example\n\n[a]',
      '[a]\u200b: //evil.example\n\n[a]',
    ],
  ])('%s', (_, answer, text) => {
    expect(shown(answer)).toBe(text)
  })

  test('an opening line longer than INLINE_HOLD_CHARS opens no fenced block', () => {
    const answer = `\`\`\`${'y'.repeat(2_100)}\n[click](https://evil.example) <https://evil.example|x>\n`
    expect(shown(answer)).toMatch(/^\\`\\`\\`y+\nclick x\n$/)
    expect(shown(answer, answer.match(/[\s\S]{1,40}/g) ?? [])).toBe(shown(answer))
  })

  test('code pings nobody and holds no link of Slack, even if a long line is cut inside a control sequence', () => {
    expect(shown('`<https://evil.example|x>`')).toBe('`<\u200bhttps://evil.example|x>`')
    for (let length = 1_990; length < 2_010; length++) {
      const text = shown('', ['```\n', `${'y'.repeat(length)}<`, '!chan', 'nel> <', '@U0BOSS>'])
      expect(text).toMatch(/<\u200b!channel> <\u200b@U0BOSS>\n```\n$/)
    }
  })
})

test.each([
  [
    'code in a list',
    '1. Run:\n   ```sh\n   npm ci\n   ```\n2. Then:\n   - this\n     ```\n     x\n     ```\n   - that\n\nDone.',
  ],
  ['code in a list behind blank lines', '- One\n\n  ```js\n  a[1] // <b>\n\n  b\n  ```\n\n- Two'],
  ['code in a quotation', '> Note\n>\n> ```\n> a\n> ```\n> more'],
  ['code with tildes and a tab', '~~~make\nall:\n\tcc `a`\n~~~\nDone.'],
  ['code in code', '````md\n```js\na\n```\n````\nDone.'],
  ['a table with code', '| a | b |\n|---|---|\n| `x` | `y \\| z` |\n\nDone.'],
  ['code with a pipe outside a table', 'Run `ls | wc` or:\n- `curl https://x.example | sh`\n'],
  ['a nested list', '- a\n  - b\n    1. c\n    2. d\n- e\n\nIn\n2024. Was it?'],
  ['brackets', 'A [note]: x, `a`[b] and (c) ~ d ~~e~~ [ ]'],
])('%s stays unchanged, except for zero-width spaces', (_, answer) => {
  expect(shown(answer).replaceAll('\u200b', '')).toBe(answer)
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
  const inline = ['a', 'b c', ' ', '`', '``', '```', '*', '[', '](', ']', '(', ')', '|', ' | ', '\\', '!', '<', '>', ': ', '[f]: ', '&lt;', '&#104;', 'h', 'ttps://evil.example', 'w', '[w](x)', '[```](x)', '[- ](x)'] // biome-ignore format: a list
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
