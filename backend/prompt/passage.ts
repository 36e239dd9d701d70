/** One retrieved piece of a page. */
export interface Passage {
  /** The store's own, or one drawn from the text; says nothing of what stands in it. */
  id: string
  text: string
  title: string
  /** Where a person can open it; absent where the store has no address that a browser knows. */
  url?: string
  /** ISO date of the page, where the store knows it. */
  updated?: string
  /** The name of the knowledge base it came from. */
  base: string
  /** The retriever's, comparable within one base only. */
  score: number
}

/** A passage as the model is shown it, under the number that it is cited by. */
export interface NumberedPassage extends Passage {
  number: number
}

/** More of one passage than this helps no answer; Rerank itself refuses above 32,000. */
export const PASSAGE_LIMIT_CHARS = 4_000

/** Drops what stands in twice (the same text under several bases or chunks) and cuts what is too long. Keeps the order. */
export function distinct(passages: readonly Passage[]): Passage[] {
  const byText = new Map<string, Passage>()
  for (const passage of passages) {
    const text = passage.text.trim().slice(0, PASSAGE_LIMIT_CHARS)
    const key = text.replace(/\s+/g, ' ')
    if (key !== '' && !byText.has(key)) byText.set(key, { ...passage, text })
  }
  return [...byText.values()]
}

/**
 * Where no reranker says what is best: the first of each base, then the second of each, and so on. Scores of
 * different bases do not compare.
 */
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

/** Numbers the best `count` from 1, as they will be cited. */
export function numbered(passages: readonly Passage[], count: number): NumberedPassage[] {
  return passages.slice(0, count).map((passage, index) => ({ ...passage, number: index + 1 }))
}

/** What the model is told to end with where nothing that it was given answers the question. */
export const NOT_FOUND_MARKER = 0
