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
  })
})
