import { describe, expect, test } from 'vitest'
import { follow, INITIAL_STATE } from '../../../backend/markdown/follow.ts'
import { BLOCK_HOLD_CHARS, showable } from '../../../backend/markdown/showable.ts'

const shown = (text: string, state = INITIAL_STATE) => text.slice(0, showable(state, text))

describe('while more text is to come, showable keeps back', () => {
  test.each([
    ['a word that may go on', 'The', ''],
    ['only the last word', 'The VPN gui', 'The VPN '],
    ['white space at the end', 'One.\n', ''],
    ['no white space that a word follows', 'One.\n\n  two', 'One.\n\n  '],
    [
      'no link that a word follows',
      'See [the VPN guide](https://a.example/x) t',
      'See [the VPN guide](https://a.example/x) ',
    ],
    ['a link that nothing follows', 'See [the VPN guide](https://a.example/x)', 'See '],
    ['no mention that a word follows', 'Ask <@U00ADA> n', 'Ask <@U00ADA> '],
    ['code that nothing follows', 'Run `npm ci`', 'Run '],
    ['only the last character of a script without spaces', '使用 Vera 可以找到', '使用 Vera 可以找'],
    ['half a row', 'Before\n\n| a | b |\n| - | - |\n| 1 | tw', 'Before\n\n| a | b |\n| - | - |\n'],
    [
      'a row whose table may go on',
      'Before\n\n| a | b |\n| - | - |\n| 1 | 2 |\n\n',
      'Before\n\n| a | b |\n| - | - |\n',
    ],
    ['an open fenced block', 'Run:\n\n```sh\nnpm ci\n', 'Run:\n\n'],
    ['no fenced block that is closed', 'Run:\n\n```sh\nnpm ci\n```\nT', 'Run:\n\n```sh\nnpm ci\n```\n'],
  ])('%s', (_, text, expected) => {
    expect(shown(text)).toBe(expected)
  })

  test('the rest of a row whose beginning is shown', () => {
    expect(shown(' 2 | three', follow(INITIAL_STATE, '| a | b |\n| - | - |\n| 1 |'))).toBe('')
  })

  test('only the end of a block longer than BLOCK_HOLD_CHARS, from a line that is not indented', () => {
    const block = `\`\`\`py\n${'def a():\n    return 1\n'.repeat(BLOCK_HOLD_CHARS / 20)}`
    const part = shown(block)
    expect(part.length).toBeGreaterThan(BLOCK_HOLD_CHARS / 2)
    expect(block.slice(part.length)).toMatch(/^def/)
  })
})
