import { expect, test } from 'vitest'
import type { ConverseRequest } from '../../../../playground/bedrock/converse-request.ts'
import { extractive, WRITTEN_BY } from '../../../../playground/bedrock/models/extractive.ts'
import type { Model, Piece } from '../../../../playground/bedrock/models/model.ts'
import { disobedient } from '../../../flow/disobedient-model.ts'
import { eventsOf, fakeAccount, question, textOf } from '../fake-account.ts'

async function piecesOf(model: Model, request: ConverseRequest) {
  const pieces: Piece[] = []
  for await (const piece of model.answer(request, new AbortController().signal)) pieces.push(piece)
  return pieces
}
const said = (pieces: Piece[]) => pieces.map((piece) => ('text' in piece ? piece.text : '')).join('')

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
const passagesOf = (pages: { title: string; text: string }[]) =>
  `<passages>\n${pages.map(({ title, text }, i) => `<passage number="${i + 1}" source="wiki" title="${escaped(title)}">\n${escaped(text)}\n</passage>`).join('\n')}\n</passages>`
const ask = async (text: string, pages: { title: string; text: string }[]) =>
  said(
    await piecesOf(extractive, {
      messages: [
        {
          role: 'user',
          content: [
            { text: passagesOf(pages) },
            { guardContent: { text: { text: `<question from="Ada">${escaped(text)}</question>` } } },
          ],
        },
      ],
    }),
  )

const TEAMS = [
  'Kestrel',
  'Heron',
  'Osprey',
  'Egret',
  'Avocet',
  'Bittern',
  'Curlew',
  'Dunlin',
  'Gannet',
  'Plover',
]
const distractors = Array.from({ length: 40 }, (_, i) => {
  const team = TEAMS[i % TEAMS.length] ?? ''
  return {
    title: `Team ${team}, page ${i}`,
    text: `# Team ${team}\n\nThe team meets on day ${i % 5} in room ${100 + i}. Its budget is ${i * 37} units a quarter, and the storage quota is ${i * 11} gigabytes.\n\n- Ask the office manager for keys to the room.\n- Expenses of more than ${i} euros need a receipt.`,
  }
})
const fact = {
  title: 'Limits',
  text: '# Limits\n\nEvery team has its own limit. The Zorblax quota for team Mirin is 4711 units. It is reviewed each spring.',
}
const at = (index: number) => [...distractors.slice(0, index), fact, ...distractors.slice(index)]

test('the extractive model finds a fact among 40 other passages and cites its number', async () => {
  const answer = await ask('What is the Zorblax quota for team Mirin?', at(17))
  expect(answer).toContain('The Zorblax quota for team Mirin is 4711 units. [18]')
  expect(answer.endsWith(WRITTEN_BY)).toBe(true)
})

test('the extractive model without passages says that it has none', async () => {
  expect(await ask('What is the Zorblax quota?', [])).toBe(
    `I was given no passage that could answer this.\n\n${WRITTEN_BY} [0]`,
  )
})

test('the extractive model finds a fact although the question has a word too many', async () => {
  expect(await ask('What is the Zorblax quota for team Mirin this spring season?', at(17))).toContain(
    '4711 units. [18]',
  )
})

test('the extractive model finds nothing if the passage with the fact is gone', async () => {
  const answer = await ask('What is the Zorblax quota for team Mirin?', distractors)
  expect(answer).toBe(`I found nothing about this in the 40 passages I was given.\n\n${WRITTEN_BY} [0]`)
})

test.each([
  'What is the capital of Mongolia?',
  'How do I bake sourdough bread?',
  'who won the football match yesterday?',
  'What is the parking quota in Berlin?',
  'How many moons does Jupiter have?',
  'Which team runs the Falkor deployment on Fridays?',
  'What is the Zorblax quota for team Zander?',
  'When was the Zorblax quota for team Mirin invented by Grace?',
  'and?',
])('the extractive model finds nothing for the unrelated question "%s"', async (unrelated) => {
  expect(await ask(unrelated, at(3))).toMatch(/\[0\]$/)
})

const key = {
  title: 'Rotate the edge key',
  text: '## Rotate the AWS key\n\nThe edge holds one key. To rotate it:\n\n1. Create a second key for the user.\n2. Put it into the Worker:\n\n```sh\nwrangler secret put AWS_ACCESS_KEY_ID\n```\n\n3. Deactivate the old key, and delete it a day later.',
}
const faq = {
  title: 'FAQ',
  text: '**How long are drafts kept?**\n\nFor 30 days [3], e.g. until the end of a month.',
}

test.each<[string, { title: string; text: string }[], string[]]>([
  [
    "How do I rotate the edge's AWS key?",
    [faq, key],
    ['Create a second key for the user. [2]', 'AWS_ACCESS_KEY_ID', 'Deactivate the old key'],
  ],
  [
    'What puts AWS_ACCESS_KEY_ID into the Worker?',
    [faq, key],
    ['```\nwrangler secret put AWS_ACCESS_KEY_ID\n```\n[2]'],
  ],
  ['how long are drafts kept', [key, faq], ['For 30 days, e.g. until the end of a month. [2]']],
  [
    'What is the Zorblax quota per month?',
    [{ title: '', text: 'The Zorblax quota is 4711 units.' }],
    ['The Zorblax quota is 4711 units. [1]'],
  ],
  [
    'What does team Heron & "Co" pay?',
    [{ title: 'Pay', text: 'Team Heron & "Co" pays 3 < 4.' }],
    ['Team Heron & "Co" pays 3 < 4. [1]'],
  ],
])('the extractive model answers "%s" with the words of a passage', async (asked, pages, quotes) => {
  const answer = await ask(asked, pages)
  for (const quote of quotes) expect(answer).toContain(quote)
})

test("the extractive model does not count the words in a link's address", async () => {
  const pointer = {
    title: 'Not yet',
    text: '- Automation. Today it takes [five steps](docs/key.md#rotate-the-edges-aws-key).',
  }
  const answer = await ask("How do I rotate the edge's AWS key?", [pointer, key])
  expect(answer).toContain('Create a second key for the user. [2]')
  expect(answer).not.toContain('[1]')
})

test('the extractive model says nothing that is not in the passage it cites', async () => {
  for (const asked of [
    "How do I rotate the edge's AWS key?",
    'Which room does team Heron meet in?',
    'What is the Zorblax quota for team Mirin?',
  ]) {
    const pages = [key, ...at(5)]
    const answer = (await ask(asked, pages)).replace(WRITTEN_BY, '')
    const lines = answer.split('\n').filter((line) => /\p{L}/u.test(line))
    expect(lines).not.toEqual([])
    for (const quote of lines.map((line) => line.replace(/^- /, ''))) {
      const [, text = quote, number] = /^(.*) \[(\d+)\]$/.exec(quote) ?? []
      const given =
        number === undefined ? pages.map((page) => page.text).join('\n') : pages[Number(number) - 1]?.text
      expect(given).toContain(text)
    }
    expect(answer).not.toContain('[0]')
  }
})

test("the extractive model without <passages> quotes the conversation with the speakers' names", async () => {
  const messages = (asked: string): ConverseRequest => ({
    messages: [
      {
        role: 'user',
        content: [{ text: 'Ada: The launch of Kestrel moved to Thursday.\nGrace: Who told the press?' }],
      },
      { role: 'assistant', content: [{ text: 'The press office has the new date. [2]' }] },
      {
        role: 'user',
        content: [
          { text: '<message from="Linus">Catering is booked for 80 guests.</message>' },
          { text: `<question from="Ada">${asked}</question>` },
        ],
      },
    ],
  })
  const answer = async (asked: string) => said(await piecesOf(extractive, messages(asked)))
  expect(await answer('When is the launch of Kestrel?')).toBe(
    `Ada: “The launch of Kestrel moved to Thursday.”\n\n${WRITTEN_BY}`,
  )
  expect(await answer('How many guests is the catering for?')).toContain(
    'Linus: “Catering is booked for 80 guests.”',
  )
  expect(await answer('Who has the new date?')).toContain(
    'The assistant: “The press office has the new date.”',
  )
  expect(await answer('What is the wifi password?')).toBe(
    `I found nothing about this in our conversation.\n\n${WRITTEN_BY} [0]`,
  )
})

test('the extractive model quotes a file next to the question by its name', async () => {
  const bytes = Buffer.from('The invoice total is 1,234 euros.').toString('base64')
  const content = [
    { document: { name: 'invoice', format: 'txt' as const, source: { bytes } } },
    { text: 'What is the invoice total?' },
  ]
  expect(said(await piecesOf(extractive, { messages: [{ role: 'user', content }] }))).toContain(
    'The file invoice: “The invoice total is 1,234 euros.”',
  )
})

test('the extractive model streams token by token, and its whole text arrives', async () => {
  const { runtime } = await fakeAccount({ model: extractive })
  const content = [{ text: passagesOf([fact]) }, { text: 'What is the Zorblax quota for team Mirin?' }]
  const events = await eventsOf(runtime, question('', { messages: [{ role: 'user', content }] }))
  const deltas = events.flatMap((event) => event.contentBlockDelta?.delta?.text ?? [])
  expect(deltas.slice(0, 5)).toEqual(['The', ' Zorblax', ' quota', ' for', ' team'])
  expect(textOf(events)).toBe(`The Zorblax quota for team Mirin is 4711 units. [1]\n\n${WRITTEN_BY}`)
})

test('the disobedient model reasons first, then splits characters in half', async () => {
  const { runtime } = await fakeAccount({ model: disobedient })
  const first = await eventsOf(runtime, question('Be good.'))
  const kinds = first.flatMap(
    ({ contentBlockDelta: { delta } = { contentBlockIndex: 0, delta: undefined } }) =>
      Object.keys(delta ?? {}),
  )
  expect([...new Set(kinds)]).toEqual(['reasoningContent', 'text'])
  const deltas = first.flatMap((event) => event.contentBlockDelta?.delta?.text ?? [])
  expect(deltas.filter((delta) => delta.length !== 1)).toEqual([])
  expect(deltas.filter((delta) => !delta.isWellFormed())).not.toEqual([])
  const text = textOf(first)
  expect(text.isWellFormed()).toBe(true)
  for (const trick of [
    '[9] [12]',
    '<!channel>',
    '<!here>',
    '<@U00GRACE>',
    '<!subteam^S00FAKE>',
    '<https://evil.example/x|click>',
    'javascript:',
    '👩‍👩‍👧‍👦',
  ]) {
    expect(text).toContain(trick)
  }
  expect(text.split('```')).toHaveLength(2)
  expect(textOf(await eventsOf(runtime, question('Be good.')))).toBe(text)
})
