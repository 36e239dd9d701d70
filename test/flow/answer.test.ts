import { describe, expect, test } from 'vitest'
import { disobedient } from './disobedient-model.ts'
import { mention, openStage, post } from './flow-stage.ts'
import { saying } from './models.ts'

const stage = openStage()

describe('a question is answered in its thread', () => {
  test('if it mentions the assistant in a channel, with the cited sources', async () => {
    const { text, replies, calls } = await post(stage, { text: mention('where does the VPN guide live?') })
    expect(text).toContain(
      'The VPN guide lives under IT, Remote access. [1](https://wiki.fernwood.example/it/remote-access#vpn)',
    )
    expect(replies[0]).toMatchObject({ streaming: 'completed', streamEndedBy: 'app' })
    const sources = JSON.stringify(replies[0]?.blocks.filter(({ type }) => type === 'section'))
    expect(sources).toContain(
      '1. <https://wiki.fernwood.example/it/remote-access#vpn|Remote access › VPN> · wiki · 2026-03-01',
    )
    expect(sources).not.toContain('laptops')
    expect(
      calls
        .filter(({ method }) => method === 'Retrieve')
        .map(({ args }) => args.knowledgeBaseId)
        .sort(),
    ).toEqual(['KB00000001', 'KB00000002'])
  })

  test('with its sources in the order of their numbers', async () => {
    stage.model = saying('Laptops are replaced every 38 months. [2] The gateway is vpn7. [1]')
    const { replies } = await post(stage, { text: mention('VPN gateway or laptops?') })
    const sources = JSON.stringify(replies[0]?.blocks.filter(({ type }) => type === 'section'))
    expect([...sources.matchAll(/\\n(\d)\. /g)].map(([, number]) => number)).toEqual(['1', '2'])
  })

  test('if it is a direct message without a mention', async () => {
    const { text } = await post(stage, { channel: 'D00ADA', text: 'How often are laptops replaced?' })
    expect(text).toContain('Laptops are replaced every 38 months.')
  })

  test('by a reply that opens before the model is asked and shows the completed steps', async () => {
    const { replies, calls, writes } = await post(stage, { text: mention('where does the VPN guide live?') })
    expect(writes[0]).toBe('chat.startStream')
    expect(
      calls
        .map(({ method }) => method)
        .filter((method) => /^(chat\.startStream|ConverseStream)$/.test(method)),
    ).toEqual(['chat.startStream', 'ConverseStream'])
    expect(replies[0]?.tasks.map(({ status }) => status)).toEqual(['complete', 'complete'])
    expect(stage.stack.slack.session('C00GENERAL', replies[0]?.threadTs ?? '')).toBe('active')
  })

  test('if it follows another: the search uses both, and the model gets the thread', async () => {
    const first = await post(stage, { text: mention('How often are laptops replaced?') })
    await post(stage, { user: 'U00GRACE', threadTs: first.threadTs, text: 'Mine is & <was> slow' })
    const second = await post(stage, { threadTs: first.threadTs, text: mention('and which form is it?') })
    const query = second.calls.find(({ method }) => method === 'Retrieve')?.args.retrievalQuery
    expect(query).toEqual({ text: 'How often are laptops replaced? and which form is it?' })
    const messages = second.calls.find(({ method }) => method === 'ConverseStream')?.args.messages as {
      role: string
      content: { text?: string }[]
    }[]
    expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user'])
    expect(messages[0]?.content[0]?.text).toBe('Ada Fake: How often are laptops replaced?')
    expect(messages[2]?.content[0]?.text).toBe('Grace Fake: Mine is & <was> slow')
    expect(second.text).toContain('LT-12')
  })

  test('by saying so, without citations or sources, if the knowledge bases have no answer', async () => {
    const { text, replies } = await post(stage, {
      text: mention('Who won the chess tournament in Reykjavik?'),
    })
    expect(text).toMatch(/^I was given no passage that could answer this\./)
    expect(text).not.toMatch(/\[\d+\]/)
    expect(replies[0]?.blocks.map(({ type }) => type)).toEqual(['context_actions'])
  })

  test('unless the message does not mention the assistant', async () => {
    const { replies, calls, ts } = await post(stage, { text: 'where does the VPN guide live?' })
    const delivery = stage.stack.slack.deliveries.find(({ body }) => body.includes(ts))
    expect(delivery).toMatchObject({ type: 'message', state: 'acknowledged' })
    expect([replies, calls]).toEqual([[], []])
  })
})

describe('an answer of a model that ignores its instructions', () => {
  test('keeps its text but pings nobody, links nowhere else and hides its reasoning', async () => {
    stage.model = disobedient
    const { text, replies } = await post(stage, { text: mention('where does the VPN guide live?') })
    expect(text).toContain(
      'It is in the guide [1](https://wiki.fernwood.example/it/remote-access#vpn), and in two that nobody gave me.',
    )
    expect(text).toContain('👩‍👩‍👧‍👦 | 𝕏')
    // It pings nobody, links to no address that was not given, and shows nothing of the reasoning.
    expect(text.replaceAll('<\u200b!everyone>', '')).not.toMatch(/<[!@]/)
    expect(text).not.toMatch(/\]\((?!https:\/\/wiki\.fernwood\.example)/)
    expect(text.replaceAll(/`[^`]*`/g, '')).not.toContain('evil.example')
    expect(text).not.toContain('They ask politely')
    expect(text.match(/^```/gm)).toHaveLength(2)
    expect(text.isWellFormed()).toBe(true)
    expect(replies[0]?.streaming).toBe('completed')
  })

  test('is shown in Markdown, with its citations and without its thoughts, if it writes in another dialect', async () => {
    const answer =
      '<thinking>\nThey ask politely. [2]\n</thinking>\n\nThe <b>VPN</b> guide is under IT【1】.<br>Set args[0] to <code>vpn7</code>.'
    for (const characters of [1, 3, 400]) {
      stage.model = saying(answer, characters)
      const { text, replies } = await post(stage, { text: mention('where does the VPN guide live?') })
      expect(text).toBe(
        'The **VPN** guide is under IT[1](https://wiki.fernwood.example/it/remote-access#vpn).\nSet args[0] to `vpn7`.',
      )
      const sources = JSON.stringify(replies[0]?.blocks.filter(({ type }) => type === 'section'))
      expect([...sources.matchAll(/\\n(\d)\. /g)].map(([, number]) => number)).toEqual(['1'])
    }
  })

  test('may mention a person who wrote in the thread', async () => {
    stage.model = disobedient
    const { threadTs } = await post(stage, { user: 'U00GRACE', text: 'The VPN is slow.' })
    const { text } = await post(stage, { threadTs, text: mention('where does the VPN guide live?') })
    expect(text).toContain('<@U00GRACE>')
  })
})
