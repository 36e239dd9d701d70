import { describe, expect, test } from 'vitest'
import { shown } from './shown-answer.ts'

describe('in an answer with markers,', () => {
  test.each([
    [
      'the number of a passage becomes a link',
      'Use the guide [1].',
      'Use the guide [1](https://wiki.example/vpn#mac).',
    ],
    ['a passage without an address keeps its number', 'In the drawer [2].', 'In the drawer [2].'],
    [
      'several numbers in one bracket become links',
      'Both [1, 2].',
      'Both [1](https://wiki.example/vpn#mac) [2].',
    ],
    ['a number of no passage vanishes with the space before it', 'Trust me [9].', 'Trust me.'],
    ['only numbers of no passage vanish', 'Trust me [9][2][12] now.', 'Trust me [2] now.'],
    [
      'code is left alone',
      'Take `list[9]`:\n```js\nlist[9] = x[1]\n```\nDone [9].',
      'Take `list[9]`:\n```js\nlist[9] = x[1]\n```\nDone.',
    ],
    [
      'an index is left alone',
      'Take args[0] and items[1], set port[9].',
      'Take args[0] and items[1], set port[9].',
    ],
    ['an index of an index is left alone', 'rows[1][2] and [x][1]', 'rows[1][2] and [x][1]'],
    ['an index of a call is left alone', 'first(x)[1] and $[2]', 'first(x)[1] and $[2]'],
    [
      'a piece of a path is left alone',
      'Open /users/[1]/posts or [2]/x or v-[1].',
      'Open /users/[1]/posts or [2]/x or v-[1].',
    ],
    ['a status is left alone', 'It answers with [404], or [500].', 'It answers with [404], or [500].'],
    [
      'a number of no passage stays in a sentence',
      'The [9] of [12] items, [0] of them new.',
      'The [9] of [12] items, [0] of them new.',
    ],
    ['a number of no passage stays at the start', '[9] Not found.', '[9] Not found.'],
    ['a number of no passage stays at the start of an item', '1. [9] is odd.', '1. [9] is odd.'],
    ['a number of no passage vanishes behind its sentence', 'Trust me. [9] Or not.', 'Trust me. Or not.'],
    [
      'a number of no passage vanishes at the end of a line',
      '- Trust me [9]\n- Or not [9]',
      '- Trust me\n- Or not',
    ],
    ['a number of no passage vanishes at the end of a cell', '| a [9] | b |', '| a | b |'],
    [
      'a citation may follow punctuation',
      'So it is.[2] And (so)[2] "so"[2] **so**[2] _so_[2].',
      'So it is.[2] And (so)[2] "so"[2] **so**[2] _so_[2].',
    ],
    ['a citation may follow a word of a script without spaces', '保存します[2]。', '保存します[2]。'],
    ['an escaped bracket is left alone', 'Type \\[9\\].', 'Type \\[9\\].'],
    [
      'other brackets are left alone',
      'A [note] and [ ] and [x] and a[b[1.',
      'A [note] and [ ] and [x] and a[b[1.',
    ],
  ])('%s', (_, answer, text) => {
    expect(shown(answer).text).toBe(text)
  })

  test('cited passages are listed once each, in the order of their numbers', () => {
    expect(shown('b [2] a [1] b [2] c [3]').cited).toEqual([1, 2])
  })

  test('the marker for "nothing found" is recognized and not shown', () => {
    expect(shown('I found nothing about that. [0]')).toEqual({
      text: 'I found nothing about that.',
      cited: [],
      notFound: true,
    })
    expect(shown('Nothing. [9, 0]').notFound).toBe(true)
    expect(shown('Only this is known [1]. [0]').notFound).toBe(false)
    expect(shown('I found nothing. [0].\n\n').notFound).toBe(true)
  })

  test.each([
    'Element [0] is the first.',
    'Use args[0]',
    'It returns `[0]`',
    'I found nothing at first. [0] Then I did.',
  ])('the marker for "nothing found" counts only at the end: %s', (answer) => {
    expect(shown(answer).notFound).toBe(false)
    expect(shown(answer, (text) => text.split(''))).toEqual(shown(answer))
  })

  test.each([
    'Take args[0] and items[1], set port[9] [2] and [404] [9] [12]. Then [1][2] and 【1】【2†x】 [1-2] [^1] end [0]',
    'rows[1][2], [[1]] [Source 2] ［1］ [9]\n[9] a [1',
  ])('the cut into deltas changes nothing: %s', (answer) => {
    expect(shown(answer, (text) => text.split(''))).toEqual(shown(answer))
    expect(shown(answer, (text) => text.match(/[\s\S]{1,3}/g) ?? [])).toEqual(shown(answer))
  })

  test.each([
    ['So it is 【1】.', 'So it is [1](https://wiki.example/vpn#mac).', [1]],
    ['So it is【1†vpn.md】.', 'So it is[1](https://wiki.example/vpn#mac).', [1]],
    ['So it is 【1:0†source】【2】.', 'So it is [1](https://wiki.example/vpn#mac) [2].', [1, 2]],
    ['So it is [1-2].', 'So it is [1](https://wiki.example/vpn#mac) [2].', [1, 2]],
    ['So it is [1–2].', 'So it is [1](https://wiki.example/vpn#mac) [2].', [1, 2]],
    ['So it is[^1][^2].', 'So it is[1](https://wiki.example/vpn#mac) [2].', [1, 2]],
    ['So it is [[2]] and ［2］.', 'So it is [2] and [2].', [2]],
    ['So it is [Source 2; 9].', 'So it is [2].', [2]],
    ['So it is [passage 2].', 'So it is [2].', [2]],
    ['A 【note】 and [a-b] and [2024-11] and [2-1].', 'A 【note】 and [a-b] and [2024-11] and [2-1].', []],
  ])('a citation in the dialect of another model counts: %s', (answer, text, cited) => {
    expect(shown(answer)).toEqual({ text, cited, notFound: false })
    expect(shown(answer, (whole) => whole.split(''))).toEqual(shown(answer))
  })
})
