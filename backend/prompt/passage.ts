import { beginningOf } from '../shorten.ts'
import { cleanPage } from './page.ts'

/** One retrieved piece of a page. */
export interface Passage {
  /** The store's own id, or a hash of the text. It tells nothing about the content. */
  id: string
  text: string
  title: string
  /** An address that a browser can open; absent if the store has none. */
  url?: string
  /** ISO date of the page, if the store knows it. */
  updated?: string
  /** The name of the knowledge base. */
  base: string
  /** The retriever's score. Scores of different bases do not compare. */
  score: number
}

/** A passage with the number that the answer cites it by. */
export interface NumberedPassage extends Passage {
  number: number
}

/** No passage has this number. The model cites it if nothing that it was given answers the question. */
export const NOT_FOUND_MARKER = 0

/** More of one passage helps no answer. Rerank refuses texts above 32,000 characters. */
export const PASSAGE_LIMIT_CHARS = 4_000

/**
 * Drops repeated texts, which several bases or overlapping chunks return. Cuts long texts, and cleans what the
 * store says of their pages. Keeps the order.
 */
export function distinct(passages: readonly Passage[]): Passage[] {
  const byText = new Map<string, Passage>()
  for (const passage of passages) {
    const { url: _url, updated: _updated, ...rest } = passage
    const text = beginningOf(passage.text.trim(), PASSAGE_LIMIT_CHARS)
    const key = text.replace(/\s+/g, ' ')
    if (key !== '' && !byText.has(key))
      byText.set(key, { ...rest, text, ...cleanPage(passage, { text, base: passage.base }) })
  }
  return [...byText.values()]
}

/** An order without a reranker: the first passage of each base, then the second of each, and so on. */
export function interleave(passages: readonly Passage[]): Passage[] {
  const ranks = new Map<string, number>()
  return passages
    .map((passage) => {
      const rank = ranks.get(passage.base) ?? 0
      ranks.set(passage.base, rank + 1)
      return { passage, rank }
    })
    .sort((a, b) => a.rank - b.rank)
    .map(({ passage }) => passage)
}

/** The best `count` passages, numbered from 1. */
export function numbered(passages: readonly Passage[], count: number): NumberedPassage[] {
  return passages.slice(0, count).map((passage, index) => ({ ...passage, number: index + 1 }))
}
