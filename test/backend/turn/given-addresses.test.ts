import { describe, expect, test } from 'vitest'
import { allowListOf } from '../../../backend/turn/allow-list.ts'
import { createCitations } from '../../../backend/turn/citations.ts'

const THREAD = [
  {
    ts: '1',
    from: 'person' as const,
    userId: 'U00GRACE',
    mrkdwn:
      'See <https://bi.example/view?a=1&amp;b=2>, <https://bi.example/q?x=1&amp;y=&lt;z&gt;|the query> and <mailto:It.Help@Fernwood.example|it.help@fernwood.example>',
    streaming: false,
  },
]
const PASSAGES = [
  {
    id: 'a',
    number: 1,
    title: 'A',
    base: 'wiki',
    score: 1,
    text: 'Call [us](tel:+49-30-1234) or 040 / 98 76 54, write to desk@fernwood.example or <a href="https://html.example/?a=1&amp;b=2">here</a>. See https://md.example/a\\_b\\_c, https://cjk.example/页。然后 and https://enc.example/%7eada (mailto:boss@fernwood.example?subject=Leave).',
  },
]

/** The text that is shown for an answer that comes in deltas of this length. */
function shown(answer: string, length = answer.length): string {
  const { transform, flush } = createCitations(
    PASSAGES,
    allowListOf({ text: '', userId: 'U00ADA' }, THREAD, PASSAGES, ['Ask help@config.example']),
  )
  const deltas = answer.match(new RegExp(`[\\s\\S]{1,${length}}`, 'g')) ?? []
  return deltas.map(transform).join('') + flush()
}

describe('an address that was given stays live', () => {
  test.each([
    ['in Slack’s escapes', 'https://bi.example/view?a=1&b=2', 'https://bi.example/view?a=1&b=2'],
    [
      'if the model escapes it',
      '[BI](https://bi.example/view?a=1&amp;b=2)',
      '[BI](https://bi.example/view?a=1&b=2)',
    ],
    [
      'if the model escapes it bare',
      'https://bi.example/view?a=1&amp;b=2 now',
      '[https://bi.example/view?a=1&amp;b=2](https://bi.example/view?a=1&b=2) now',
    ],
    ["in HTML's escapes", '[x](https://html.example/?a=1&b=2)', '[x](https://html.example/?a=1&b=2)'],
    ["in Markdown's escapes", '[x](https://md.example/a_b_c)', '[x](https://md.example/a_b_c)'],
    [
      "if the model uses Markdown's escapes",
      '[x](https://md.example/a\\_b\\_c)',
      '[x](https://md.example/a_b_c)',
    ],
    [
      'before a full stop of another script',
      '[x](https://cjk.example/页)',
      '[x](https://cjk.example/%E9%A1%B5)',
    ],
    ['with needless escapes', '[x](https://enc.example/~ada)', '[x](https://enc.example/~ada)'],
    [
      'if it is mail',
      '[help desk](mailto:it.help@fernwood.example)',
      '[help desk](mailto:it.help@fernwood.example)',
    ],
    [
      'if it is mail that is named only',
      '[desk](mailto:desk@fernwood.example)',
      '[desk](mailto:desk@fernwood.example)',
    ],
    [
      'if it is mail of the configuration',
      '<mailto:help@config.example|help>',
      '[help](mailto:help@config.example)',
    ],
    [
      'if it is mail in angle brackets',
      '<desk@fernwood.example>',
      '[desk@fernwood.example](mailto:desk@fernwood.example)',
    ],
    [
      'if it is mail with its subject',
      '[leave](mailto:boss@fernwood.example?subject=Leave)',
      '[leave](mailto:boss@fernwood.example?subject=Leave)',
    ],
    ['if it is a telephone', '[us](tel:+49301234)', '[us](tel:+49301234)'],
    ['if it is a telephone number that is named only', '[us](tel:040987654)', '[us](tel:040987654)'],
  ])('%s', (_, answer, text) => {
    expect(shown(answer)).toBe(text)
    expect(shown(answer, 1)).toBe(text)
  })
})

describe('an address that was not given is shown beside its label, not live', () => {
  test.each([
    ['[here](https://evil.example/x)', 'here (`https://evil.example/x`)'],
    ['<https://evil.example/x|here>', 'here (`https://evil.example/x`)'],
    ['[mail](mailto:eve@evil.example)', 'mail (`mailto:eve@evil.example`)'],
    [
      '[desk](mailto:desk@fernwood.example?bcc=eve@evil.example)',
      'desk (`mailto:desk@fernwood.example?bcc=eve@evil.example`)',
    ],
    ['[us](tel:+1900555)', 'us (`tel:+1900555`)'],
    ['[run](javascript:alert(1))', 'run (`javascript:alert(1)`)'],
    ['[https://evil.example](https://evil.example)', '`https://evil.example`'],
    ['[above](#setup) ![chart](data:image/png;base64,AAAA)', 'above chart'],
  ])('%s', (answer, text) => {
    expect(shown(answer)).toBe(text)
    expect(shown(answer, 1)).toBe(text)
  })
})
