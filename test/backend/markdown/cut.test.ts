import { describe, expect, test } from 'vitest'
import { bytesOf } from '../../../backend/markdown/bytes.ts'
import { cutAtParagraph, cutLatest, cutWithin } from '../../../backend/markdown/cut.ts'
import { follow, INITIAL_STATE, type MarkdownState } from '../../../backend/markdown/follow.ts'
import { randomOf } from '../../random.ts'

const stateOf = (text: string): MarkdownState => follow(INITIAL_STATE, text)

describe('a message that is too long is cut', () => {
  const at = (text: string, limit: number, used = 0, state = INITIAL_STATE) => {
    const cut = cutWithin(state, text, { used, limit, fresh: used === 0 })
    return { head: text.slice(0, cut.at) + cut.closing, next: cut.reopening, rest: text.slice(cut.at) }
  }

  test('at the end of a paragraph if that leaves it half full', () => {
    expect(at('One two.\n\nThree four five six.', 20)).toEqual({
      head: 'One two.\n\n',
      next: '',
      rest: 'Three four five six.',
    })
  })

  test('at the end of a line, else of a word, else anywhere', () => {
    expect(at('One.\n\ntwo three four\nfive six', 24).head).toBe('One.\n\ntwo three four\n')
    expect(at('One.\n\ntwo three four five six', 20).head).toBe('One.\n\ntwo three ')
    expect(at('1234567890'.repeat(3), 12).head).toBe('123456789012'.slice(0, 11))
  })

  test('outside links, mentions and code if there is another cut point', () => {
    expect(at('a b [one two three](https://a.example/b) c', 30, 20, stateOf('x')).head).toBe('a b ')
    expect(at('a b `one two three four five six`', 30, 20, stateOf('x')).head).toBe('a b ')
  })

  test('inside a fenced block, which is closed and reopened in the next message', () => {
    const text = '```ts\nconst a = 1\nconst b = 2\nconst c = 3\n```\n'
    expect(at(text, 40)).toEqual({
      head: '```ts\nconst a = 1\nconst b = 2\n```\n',
      next: '```ts\n',
      rest: 'const c = 3\n```\n',
    })
  })

  test.each([
    ['1. a\n   - b\n     - c\n       ```sh\n       one\n       two\n       ```\n2. d\n', ' - - - ```sh\n'],
    ['- a\n  b\n\n    ```sh\n    one\n    two\n    ```\n- d\n', '-\n    ```sh\n'],
    ['1. a\n   b\n\n   ```sh\n   one\n   two\n   ```\n2. d\n', '```sh\n'],
  ])('inside a fenced block of a list, which then ends at the same line as before: %j', (text, reopening) => {
    const { next, rest } = at(text, text.indexOf('two') + 8)
    expect({ next, rest: rest.trimStart() }).toEqual({
      next: reopening,
      rest: text.slice(text.indexOf('two')),
    })
    expect(stateOf(next).blocks.fence).toBeDefined()
    expect(stateOf(next + rest.slice(0, rest.indexOf('```') + 4)).blocks.fence).toBeUndefined()
  })

  test('outside the line that opens a fenced block', () => {
    expect(at('one two three\n- ~~~ title of it\n  four\n  ~~~\n', 30).head).toBe('one two three\n')
  })

  test('inside a table, whose header the next message repeats', () => {
    const head = '| a | b |\n| - | - |\n'
    expect(at(`${head}| 1 | 2 |\n| 3 | 4 |\n`, 35)).toEqual({
      head: `${head}| 1 | 2 |\n`,
      next: head,
      rest: '| 3 | 4 |\n',
    })
  })

  test('without repeating a header or an info string that is too long', () => {
    const long = 'x'.repeat(400)
    const table = `| ${long} |\n| - |\n| 1 |\n`
    expect(at(`${table}| 2 |\n`, table.length + 1)).toEqual({ head: table, next: '', rest: '| 2 |\n' })
    const block = `\`\`\`${long}x\none\n`
    expect(at(`${block}two\n\`\`\`\n`, block.length + 5)).toMatchObject({ next: '```\n', rest: 'two\n```\n' })
  })

  test('outside the header of a table and its delimiter row', () => {
    expect(at('aaaaaaaaaa\n| a | b |\n| - | - |\n| 1 | 2 |\n', 24).head).toBe('aaaaaaaaaa\n')
  })

  test('before the text if the message is full', () => {
    expect(at('word', 10, 9)).toEqual({ head: '', next: '', rest: 'word' })
    expect(at('more\n', 10, 9, stateOf('```\ncode\n'))).toMatchObject({ head: '```\n', next: '```\n' })
  })

  test('by its UTF-8 bytes, not by its characters', () => {
    const text = 'ü👩‍👩‍👧‍👦語 '.repeat(20)
    const { head } = at(text, 100)
    expect(bytesOf(head)).toBeLessThanOrEqual(100)
    expect(head.isWellFormed()).toBe(true)
    expect(at('😀'.repeat(9), 20).head).toBe('😀'.repeat(4))
  })

  test('outside a grapheme, unless one is longer than a message', () => {
    const family = '👩‍👩‍👧‍👦'
    expect(at(family.repeat(3), 60).head).toBe(family.repeat(2))
    expect(at(family, 17).head).toBe('👩‍👩‍')
    expect(at(family, 60, 43, stateOf('x'))).toEqual({ head: '', next: '', rest: family })
  })

  test('by cutLatest at the last end of a line, else of a word, else after all of it', () => {
    expect(cutLatest(INITIAL_STATE, 'one\ntwo\nthree four').at).toBe(8)
    expect(cutLatest(stateOf('x'), 'one two three').at).toBe(8)
    expect(cutLatest(stateOf('x'), 'one').at).toBe(3)
  })

  test('by cutAtParagraph at the last end of a paragraph, if there is one', () => {
    expect(cutAtParagraph(INITIAL_STATE, 'one\n\ntwo\n\nthree')?.at).toBe(10)
    expect(cutAtParagraph(stateOf('x'), 'one two')).toBeUndefined()
    expect(cutAtParagraph(stateOf('```\n'), 'a\n\nb\n')).toBeUndefined()
  })
})

test('300 random texts, cut into messages, stay complete, fit, and have no open fenced block', () => {
  const random = randomOf(5)
  const bits = [
    'word ',
    '\n',
    '\n\n',
    '```js\n',
    '```\n',
    '| a | b |\n',
    '| - | - |\n',
    '[l m](https://a.example/b) ',
    '語',
    '👩‍👧',
    '`c d` ',
    '    x\n',
  ]
  for (let round = 0; round < 300; round++) {
    const text = Array.from({ length: 120 }, () => bits[Math.floor(random() * bits.length)]).join('')
    const limit = 80 + Math.floor(random() * 200)
    let rest = text
    let joined = ''
    let reopening = ''
    for (let messages = 0; rest !== ''; messages++) {
      expect(messages).toBeLessThan(200)
      const state = follow(INITIAL_STATE, reopening)
      const used = bytesOf(reopening)
      const cut =
        used + bytesOf(rest) <= limit
          ? { at: rest.length, closing: '', reopening: '' }
          : cutWithin(state, rest, { used, limit, fresh: true })
      const message = reopening + rest.slice(0, cut.at) + cut.closing
      expect(bytesOf(message)).toBeLessThanOrEqual(limit)
      if (cut.at < rest.length) expect(follow(INITIAL_STATE, message).blocks.fence).toBeUndefined()
      joined += rest.slice(0, cut.at)
      rest = rest.slice(cut.at)
      reopening = cut.reopening
    }
    expect(joined).toBe(text)
  }
})
