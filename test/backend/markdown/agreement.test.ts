import { describe, expect, test } from 'vitest'
import { shown } from './shown.ts'

describe('we and Markdown agree on what is code and what is a link:', () => {
  test.each([
    [
      'a delimiter in a quotation does not close a block',
      '```\n> ```\n```\n[click](https://evil.example)',
      '```\n> ```\n```\nclick (`https://evil.example`)',
    ],
    [
      'an item that is not numbered 1 does not interrupt a paragraph',
      'Text\n2. ```\n   [click](https://evil.example)',
      'Text\n2. \\`\\`\\`\n   click (`https://evil.example`)',
    ],
    [
      'such an item behind another marker opens no block, because parsers disagree',
      'Text\n- 2) ~~~\n     [click](https://evil.example)',
      'Text\n- 2) \\~\\~\\~\n     click (`https://evil.example`)',
    ],
    [
      'a delimiter five spaces behind a marker is indented code and opens no block',
      '-      ~~~\n[click](https://evil.example)',
      '-      \\~\\~\\~\nclick (`https://evil.example`)',
    ],
    [
      'a list marker in a table opens no block, because parsers disagree',
      '| a |\n|---|\n2. x\n   ~~~\n[click](https://evil.example)',
      '| a |\n|---|\n2. x\n   \\~\\~\\~\nclick (`https://evil.example`)',
    ],
    [
      'a quotation in a quotation opens no block',
      '>> ```\n> [click](https://evil.example)',
      '>> \\`\\`\\`\n> click (`https://evil.example`)',
    ],
    [
      'a list in a quotation opens no block',
      '> - ~~~\n> [click](https://evil.example)',
      '> - \\~\\~\\~\n> click (`https://evil.example`)',
    ],
    [
      'a quotation in a list opens no block',
      '* > ```\n> [click](https://evil.example)',
      '* > \\`\\`\\`\n> click (`https://evil.example`)',
    ],
    [
      'a delimiter indented by a tab, four columns, opens no block',
      'Text\n\t```\n[click](https://evil.example)',
      'Text\n\t\\`\\`\\`\nclick (`https://evil.example`)',
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
    [
      'a carriage return does not begin a line',
      'a\r~~~\n[click](https://evil.example)',
      'a~~~\nclick (`https://evil.example`)',
    ],
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
    const address = '(`https://evil.example`)'
    expect(shown(answer).replace(/y+/, 'y')).toBe(`\\\`\\\`\\\`y\nclick ${address} x ${address}\n`)
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
  ['code with a delimiter indented by four columns', '~~~\n    ~~~\n[a](https://b.example)\n~~~\nDone.'],
  ['code in code', '````md\n```js\na\n```\n````\nDone.'],
  ['a table with code', '| a | b |\n|---|---|\n| `x` | `y \\| z` |\n\nDone.'],
  ['code with a pipe outside a table', 'Run `ls | wc` or:\n- `curl https://x.example | sh`\n'],
  ['a nested list', '- a\n  - b\n    1. c\n    2. d\n- e\n\nIn\n2024. Was it?'],
  ['brackets', 'A [note]: x, `a`[b] and (c) ~ d ~~e~~ [ ]'],
])('%s stays unchanged, except for zero-width spaces', (_, answer) => {
  expect(shown(answer).replaceAll('\u200b', '')).toBe(answer)
})
