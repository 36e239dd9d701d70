import { addressesIn } from '../../../backend/markdown/address.ts'
import type { NumberedPassage } from '../../../backend/prompt/passage.ts'
import { createCitations } from '../../../backend/turn/citations.ts'

export const passages: NumberedPassage[] = [
  {
    id: 'vpn',
    number: 1,
    text: 'See https://status.example/now for more.',
    title: 'VPN',
    url: 'https://wiki.example/vpn#mac',
    base: 'wiki',
    score: 1,
  },
  { id: 'drawer', number: 2, text: 'Twice.', title: 'A drawer', base: 'files', score: 1 },
]
export const allowed = {
  urls: new Set(passages.flatMap(({ text, url }) => [text, url ?? '']).flatMap(addressesIn)),
  userIds: new Set(['U00ADA']),
}

/** The text and the citations of an answer that comes in the deltas that `cuts` makes of it. */
export function shown(answer: string, cuts: (text: string) => string[] = (text) => [text]) {
  const citations = createCitations(passages, allowed)
  const text = cuts(answer).map(citations.transform).join('') + citations.flush()
  return { text, cited: citations.cited().map(({ number }) => number), notFound: citations.notFound() }
}
