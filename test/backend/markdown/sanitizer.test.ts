import { describe, expect, test } from 'vitest'
import { createCitations } from '../../../backend/turn/citations.ts'
import { randomOf } from '../../random.ts'
import { allowed, passages, shown } from '../turn/shown-answer.ts'

/** Cuts into one to seven code units, also inside characters. Repeatable: they depend on the seed alone. */
function randomCuts(seed: number): (text: string) => string[] {
  let state = seed
  return (text) => {
    const cut: string[] = []
    for (let at = 0; at < text.length; ) {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
      const length = 1 + (state % 7)
      cut.push(text.slice(at, at + length))
      at += length
    }
    return cut
  }
}

describe('the text that is shown', () => {
  test.each([
    ['<!channel> look', '`@channel` look'],
    ['<!here|here> and <!everyone>', '`@here` and `@everyone`'],
    ['<!subteam^S00FAKE|@admins>', '`@subteam`'],
    ['<<!channel>>', '&lt;`@channel`>'],
    ['<!channel <b>', '&lt;!channel'],
    ['<!here\nand >', '&lt;!here\nand >'],
    ['\\<!channel>', '\\\u200b`@channel`'],
    ['`<!channel>`', '`<\u200b!channel>`'],
    ['```\n<!here> <@U00GRACE>\n```', '```\n<\u200b!here> <\u200b@U00GRACE>\n```'],
    ['<@U00ADA> and <@U00GRACE>', '<@U00ADA> and `@U00GRACE`'],
    ['<@W00GRACE> of an Enterprise Grid', '`@W00GRACE` of an Enterprise Grid'],
    ['<#C00GENERAL> and <#C00GENERAL|general>', '<#C00GENERAL> and <#C00GENERAL>'],
    [
      '`<!date^1^{date}|x>` and `<mailto:a@evil.example|x>`',
      '`<\u200b!date^1^{date}|x>` and `<\u200bmailto:a@evil.example|x>`',
    ],
    ['<https://evil.example/x|click>', 'click (`https://evil.example/x`)'],
    ['<https://status.example/now|status>', '[status](https://status.example/now)'],
    ['Hey!<https://status.example/now|status>', 'Hey!\u200b[status](https://status.example/now)'],
    ['[on|off](https://status.example/now)', '[on\\|off](https://status.example/now)'],
    ['[](https://evil.example/a|b)', '`https://evil.example/a%7Cb`'],
    ['[here](https://evil.example/phish)', 'here (`https://evil.example/phish`)'],
    ['[here](javascript:alert(1))', 'here (`javascript:alert(1)`)'],
    ['[https://evil.example](https://evil.example)', '`https://evil.example`'],
    ['[the guide](https://wiki.example/vpn#mac)', '[the guide](https://wiki.example/vpn#mac)'],
    [
      '[the **<!here>** guide](https://wiki.example/vpn#mac "title")',
      '[the **`@here`** guide](https://wiki.example/vpn#mac)',
    ],
    ['![pixel](https://evil.example/p.png)', 'pixel (`https://evil.example/p.png`)'],
    ['go to https://evil.example/a?b=c, now', 'go to `https://evil.example/a?b=c`, now'],
    ['HTTPS://EVIL.example and www.evil.example.', '`HTTPS://EVIL.example` and `www.evil.example`.'],
    ['see **https://status.example/now**.', 'see **https://status.example/now**.'],
    ['(https://status.example/now)', '(https://status.example/now)'],
    [
      '[ref][1]\n\n[1]: https://evil.example',
      '[ref][1]\n\n[1](https://wiki.example/vpn#mac): `https://evil.example`',
    ],
    ['a < b and c<3 and x <= y -> z', 'a < b and c<3 and x <= y -> z'],
    ['Map<string, x> <b>bold</b>', 'Map&lt;string, x> **bold**'],
    ['an open [link](https://evil.example/phish', 'an open [link]\u200b(`https://evil.example/phish`'],
  ])('is safe for %s', (answer, text) => {
    expect(shown(answer).text).toBe(text)
  })

  test.each(['\n\n  Under IT.', '[9]\nUnder IT.', ' [9]\n[9]\n Under IT.'])(
    'begins with its first word: %j',
    (answer) => {
      expect(shown(answer).text).toBe('Under IT.')
      expect(shown(answer, (text) => text.split('')).text).toBe('Under IT.')
    },
  )

  test('closes a fenced block that the model left open', () => {
    expect(shown('Run:\n```sh\nls').text).toBe('Run:\n```sh\nls\n```\n')
    expect(shown('Run:\n~~~~\nls\n').text).toBe('Run:\n~~~~\nls\n~~~~\n')
  })

  test('does not depend on how a long answer is cut into deltas', () => {
    const answer = [
      'Ask <@U00ADA>, not <@U00GRACE> or <!channel> 👩‍👩‍👧 [1][9], see [the guide](https://wiki.example/vpn#mac) or [here](https://evil.example/phish).',
      '| a | b |\n|---|---|\n| `x[1]` | <https://evil.example/x|click> |',
      '```ts\nconst a = b[9] // <!here> `',
      '~~~\n```\nhttps://evil.example at the end of a line https://status.example/now\n\\[1\\] \\<!everyone> ![p](http://evil.example/p) www.evil.example <b',
      'x < y [unclosed https://evil.example/(a)b), `code <!here>` and ``a`b`` [2',
    ].join('\n\n')
    const whole = shown(answer)
    expect(whole.text).not.toMatch(/<[!@](?!U00ADA)/)
    expect(whole.text).toContain('www.evil.example` &lt;b')
    for (let seed = 1; seed <= 300; seed++) expect(shown(answer, randomCuts(seed))).toEqual(whole)
  })

  test('does not depend on how 4,000 random answers are cut into deltas', () => {
    const random = randomOf(7)
    const bits = ['word ', '\n', '\n\n', '`a`', '`', '``', '`b c` ', '[1]', '[x](https://evil.example/x) ', '<@U00GRACE> ', 'https://evil.example/y ', '```js\n', '```\n', '```npm```', '- ', '1. ', '> ', '  ', '    ', '\\', '😀', '**', '~~~\n', '| a |\n', '<', '>', '(', ')', '!', 'www.', '<br>', '<br> ', '<b>', '</b>', '<i> ', '<code>', '</code>', '<td>', '<li>', '<h2>', '</h2>', '<p>', '<think>', '</think>', '<foo>', '<a href="https://evil.example/z">', '</a>', '【1】', '[1-2]', '[^1]', 'args[0]', '[0]', '[9]', '.', '[[', ']]', '【', '[1'] // biome-ignore format: a list
    const inOnes = (text: string) => text.split('')
    for (let round = 0; round < 4_000; round++) {
      const answer = Array.from(
        { length: 2 + Math.floor(random() * 14) },
        () => bits[Math.floor(random() * bits.length)],
      ).join('')
      expect(shown(answer, inOnes), JSON.stringify(answer)).toEqual(shown(answer))
    }
  })

  test.each([
    [
      'code of one letter',
      'Answer `y` and then [click](https://evil.example/x) or `n` [1].',
      'Answer `y` and then click (`https://evil.example/x`) or `n` [1](https://wiki.example/vpn#mac).',
    ],
    [
      'a fenced block in a list',
      '1. ```sh\n   npm ci\n   ```\n2. [x](https://evil.example) [1]',
      '1. ```sh\n   npm ci\n   ```\n2. x (`https://evil.example`) [1](https://wiki.example/vpn#mac)',
    ],
    [
      'a fenced block that ends with its list item',
      '- ```\n  npm ci\n[x](https://evil.example)',
      '- ```\n  npm ci\n  ```\nx (`https://evil.example`)',
    ],
    [
      'inline code that looks like a fenced block',
      '```npm ci``` installs [x](https://evil.example)',
      '```npm ci``` installs x (`https://evil.example`)',
    ],
    [
      'code by indentation',
      'a\n\n    ```\n\n[x](https://evil.example)',
      'a\n\n    \\`\\`\\`\n\nx (`https://evil.example`)',
    ],
    ['text that looks like a tag', '<x https://evil.example/f y>', '&lt;x `https://evil.example/f` y>'],
    ['a backslash before an address', '\\https://evil.example/z', '\\\u200b`https://evil.example/z`'],
    [
      'a backtick that is closed on another line',
      'a ` b\n` [x](https://evil.example) `',
      'a \\` b\n` [x](https://evil.example) `',
    ],
  ])('holds no live link behind %s', (_, answer, text) => {
    expect(shown(answer).text).toBe(text)
  })

  test('holds no half character, even in a line longer than INLINE_HOLD_CHARS', () => {
    const inSevens = (text: string) => text.match(/[\s\S]{1,7}/g) ?? []
    for (const start of ['```\n', '```\nx', '', '[', '`', 'https://status.example/now']) {
      const answer = `${start}${'😀'.repeat(1_500)}`
      const { text } = shown(answer, inSevens)
      expect(text.match(/😀/gu)).toHaveLength(1_500)
      expect(text).not.toContain('\ufffd')
    }
  })

  test('holds no half character while the other half is to come', () => {
    const citations = createCitations(passages, allowed)
    expect(citations.transform('ok \ud83d')).toBe('ok')
    expect(citations.transform('\udc4d indeed')).toBe(' 👍 indeed')
    expect(citations.transform(' \ud83d') + citations.flush()).toBe(' \ufffd')
  })
})
