import { addressesIn } from '../../../backend/markdown/address.ts'
import { createCitations } from '../../../backend/turn/citations.ts'

export const WIKI = 'https://wiki.example/it/laptops'
export const allowed = {
  urls: new Set(
    [
      'https://wiki.example/',
      WIKI,
      'https://wiki.example/a_(b)',
      'https://files.example/Leave policy.pdf',
    ].flatMap(addressesIn),
  ),
  userIds: new Set(['U00ADA']),
}
const cite = (url: string) => [{ id: 'a', number: 1, text: '', title: 'A', base: 'wiki', score: 1, url }]

/** The text that is shown for an answer that comes in these deltas. `url`: the page that it may cite as [1]. */
export function shown(answer: string, deltas = [answer], url = `${WIKI}/1`): string {
  const citations = createCitations(cite(url), { ...allowed, urls: new Set([...allowed.urls, url]) })
  return deltas.map(citations.transform).join('') + citations.flush()
}
