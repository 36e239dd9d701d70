import { expect, test } from 'vitest'
import { passagesOf } from './folder.ts'

const shortened = async (text: string) =>
  (await passagesOf('a.md', text)).map(({ title, url, text }) => [title, url.split('/').at(-1), text])

test('each section becomes a passage with its headings as title and its anchor in the URL', async () => {
  expect(
    await shortened(
      '# Ops\n\nHello.\n\n## Rotate the *edge’s* `KEY_ID`\n\nDo it.\n\n### When?\n\nNow.\n\n## Else\n\nNo.\n',
    ),
  ).toEqual([
    ['Ops', 'a.md#ops', '# Ops\n\nHello.'],
    [
      'Ops › Rotate the edge’s KEY_ID',
      'a.md#rotate-the-edges-key_id',
      '## Rotate the edge’s KEY_ID\n\nDo it.',
    ],
    ['Ops › Rotate the edge’s KEY_ID › When?', 'a.md#when', '### When?\n\nNow.'],
    ['Ops › Else', 'a.md#else', '## Else\n\nNo.'],
  ])
})

test('lines that start with # inside a fence are code, not headings', async () => {
  expect(await shortened('# A\n\n```sh\n# not a heading\n\n## nor this\n```\n')).toEqual([
    ['A', 'a.md#a', '# A\n\n```sh\n# not a heading\n\n## nor this\n```'],
  ])
})

test('headings with the same name get numbered anchors, past anchors that are taken', async () => {
  const sections = await passagesOf(
    'a.md',
    '## Set up\n\n1\n\n## Set up\n\n2\n\n## Set up-1\n\n3\n\n## !!\n\n4\n\n## Über uns\n\n5\n',
  )
  expect(sections.map(({ url }) => url.split('#')[1])).toEqual([
    'set-up',
    'set-up-1',
    'set-up-1-1',
    'section',
    encodeURIComponent('über-uns'),
  ])
})

test('front matter gives the title, the date and the URL, and is not part of the text', async () => {
  const page =
    "---\ntitle: 'It''s: here' # ours\nurl: https://wiki.example/x#old\nupdated: 2025-03-01T10:00:00Z\ntags:\n  - a\n---\n\nText.\n\n## B\n\nMore.\n"
  expect(await passagesOf('a.md', page)).toEqual([
    {
      id: 'a.md#1',
      title: "It's: here",
      url: 'https://wiki.example/x',
      updated: '2025-03-01',
      path: 'a.md',
      text: 'Text.',
    },
    {
      id: 'a.md#2',
      title: "It's: here › B",
      url: 'https://wiki.example/x#b',
      updated: '2025-03-01',
      path: 'a.md',
      text: '## B\n\nMore.',
    },
  ])
})

test('a page may start with a rule, and a URL that is not http(s) is ignored', async () => {
  expect(await shortened('---\n\nA text.\n\n---\n\nAnother.\n')).toEqual([
    ['a', 'a.md', 'A text.\n\nAnother.'],
  ])
  expect(await shortened('---\nurl: javascript:alert(1)\n---\nText.\n')).toEqual([['a', 'a.md', 'Text.']])
})

test.each([
  ['2025-03-01', '2025-03-01'],
  ['1 March 2025', '2025-03-01'],
])('the date "%s" in front matter is read as %s', async (written, date) => {
  expect((await passagesOf('a.md', `---\ndate: ${written}\n---\nText.\n`))[0]?.updated).toBe(date)
})

test.each(['2025-02-30', 'yesterday'])(
  'the invalid date "%s" is ignored in favour of the file’s own date',
  async (written) => {
    const [passage] = await passagesOf('a.md', `---\nupdated: ${written}\n---\nText.\n`)
    expect(passage?.updated).toMatch(/^20\d\d-\d\d-\d\d$/)
    expect(passage?.updated).not.toMatch(/^2025-0[23]/)
  },
)

test('a byte order mark, CRLF and entities are decoded', async () => {
  expect(
    await shortened(
      '\uFEFF---\r\ntitle: T\r\n---\r\n\r\n## R&amp;D\r\n\r\nSalt &amp; pepper, `&amp;`\r\nand more\r\n',
    ),
  ).toEqual([['T › R&D', 'a.md#rd', '## R&D\n\nSalt & pepper, `&amp;`\nand more']])
})

test('raw HTML in Markdown is read as text, without scripts and comments', async () => {
  expect(
    await shortened(
      '<h1 align="center">Hi</h1>\n\n<!-- secret -->\n\n<script>evil()</script>\n\n<p>Hello <b>you</b></p>\n',
    ),
  ).toEqual([['Hi', 'a.md#hi', '# Hi\n\nHello you']])
})

test('a heading with only subheadings is no passage, but one with nothing below is', async () => {
  expect(
    (await shortened('# A\n\n## B\n\n### C\n\nText.\n\n## The code is 4711\n')).map(([title]) => title),
  ).toEqual(['A › B › C', 'A › The code is 4711'])
})

test('a long section is cut between paragraphs, and a block of code stays whole', async () => {
  const code = `\`\`\`\n${'let a = 1\n\n'.repeat(90)}\`\`\``
  const sections = await passagesOf(
    'a.md',
    `# A\n\n${'Words. '.repeat(100)}\n\n${code}\n\n${'Words. '.repeat(150)}\n`,
  )
  expect(sections.map(({ text }) => text.match(/```/g)?.length ?? 0)).toEqual([0, 2, 0])
  expect(new Set(sections.map(({ url }) => url)).size).toBe(1)
  expect(new Set(sections.map(({ id }) => id)).size).toBe(3)
})

test('a block that is too long is cut into pieces that still read as code, table or prose', async () => {
  const code = await passagesOf('a.md', `\`\`\`ts\n${'const word = 12345\n'.repeat(200)}\`\`\`\n`)
  expect(code.length).toBeGreaterThan(2)
  for (const { text } of code) expect(text).toMatch(/^```ts\n[\s\S]*\n```$/)

  const table = await passagesOf(
    'a.md',
    `| n | name |\n| --- | --- |\n${Array.from({ length: 200 }, (_, n) => `| ${n} | some name |\n`).join('')}`,
  )
  expect(table.length).toBeGreaterThan(2)
  for (const { text } of table) expect(text).toMatch(/^\| n \| name \|\n\| --- \| --- \|\n\| \d/)
  expect(
    table
      .map(({ text }) => text)
      .join('\n')
      .match(/some name/g),
  ).toHaveLength(200)

  const prose = await passagesOf('a.md', `${'A sentence of words. '.repeat(300)}\n\n!${'😀'.repeat(2000)}\n`)
  for (const { text } of prose) {
    expect(text.length).toBeLessThanOrEqual(1500)
    expect(text.isWellFormed()).toBe(true)
  }
  expect(prose[0]?.text).toMatch(/words\.$/)
  expect(
    prose
      .map(({ text }) => text)
      .join('')
      .match(/😀/gu),
  ).toHaveLength(2000)
})
