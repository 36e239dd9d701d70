import { expect, test } from 'vitest'
import { knowledgeBaseId } from '../../playground/account.ts'
import { passagesFor } from './fenced-passages.ts'
import { openStage, post, QUESTION } from './flow-stage.ts'
import { saying } from './models.ts'

const stage = openStage()

/** The lines under "Sources" after an answer from these results of the first knowledge base. */
async function sourcesOf(answer: string, retrievalResults: object[]) {
  stage.model = saying(answer)
  stage.faults = ({ method, args }) => {
    if (method === 'Rerank') return { kind: 'answer', status: 400, body: '{"message":"broken"}' }
    if (method !== 'Retrieve') return undefined
    const found = args.knowledgeBaseId === knowledgeBaseId(0) ? retrievalResults : []
    return {
      kind: 'answer',
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ retrievalResults: found }),
    }
  }
  const { replies, calls } = await post(stage, { text: QUESTION })
  const sections = replies.flatMap(({ blocks }) => blocks.filter(({ type }) => type === 'section'))
  const lines = sections.flatMap(({ text }) => (text as { text: string }).text.split('\n').slice(1))
  return { lines, passages: passagesFor(calls) }
}

const page = (text: string, metadata: Record<string, unknown>) => ({ content: { text }, metadata })

test('the list of sources holds whatever a data source says of its pages as data, one line a page', async () => {
  const guide = 'https://files.fernwood.example/Shared Documents/VPN (new) [2].pdf'
  const { lines, passages } = await sourcesOf('It is [1] [2] [3] [4] [5] [6] [7] [8].', [
    page('The VPN guide.', {
      title: 'VPN\n\tguide\u2028<!here>',
      url: guide,
      updated: 'Tue, 03 Mar 2026 08:00:00 GMT',
    }),
    page('# Gateways\nThe VPN gateway.', {
      title: '6f9619ff-8b86-d011-b42d-00c04fc964ff',
      updated: '<!channel>',
    }),
    page('More of the VPN guide.', { title: 'VPN guide', url: guide, updated: '2026-04-01T08:00:00Z' }),
    page('VPN on a Mac.', {
      title: 'Mac | <@U00BOSS>',
      updated: 'yesterday',
      url: 'https://wiki.fernwood.example/mac?a=1|2&lt;',
    }),
    page('VPN on Linux.', { url: 'https://wiki.fernwood.example/pages/123456789', updated: 1_772_524_800 }),
    page('VPN at night.', { title: ' ', updated: '3/4/2026' }),
    page('VPN abroad.', {
      title: `VPN ${'x'.repeat(3_000)}😀`,
      url: `https://wiki.fernwood.example/${'y'.repeat(9_000)}`,
    }),
    page('VPN at home.', { title: 'Home', url: 'https://', updated: '31.02.2026' }),
  ])
  expect(lines).toEqual([
    '1, 3. <https://files.fernwood.example/Shared%20Documents/VPN%20%28new%29%20%5B2%5D.pdf|VPN guide &lt;!here&gt;> · wiki · 2026-04-01',
    '2. Gateways · wiki',
    '4. <https://wiki.fernwood.example/mac?a=1%7C2&amp;lt%3B|Mac ¦ &lt;@U00BOSS&gt;> · wiki',
    '5. <https://wiki.fernwood.example/pages/123456789|wiki> · wiki · 2026-03-03',
    '6. wiki · wiki',
    `7. VPN ${'x'.repeat(145)}… · wiki`,
    '8. Home · wiki',
  ])
  expect(passages.map(({ updated }) => updated)).toEqual([
    '2026-03-03', undefined, '2026-04-01', undefined, '2026-03-03', undefined, undefined, undefined,
  ]) // biome-ignore format: a list
})
