import MiniSearch from 'minisearch'
import type { KnowledgeBase, StoredPassage } from './knowledge-base.ts'
import { type Word, wordsOf } from './rank-words.ts'

/**
 * How many words of a query count. A question has about ten; a pasted log has thousands, and each is searched
 * with its variants.
 */
const QUERY_WORDS = 64
/** Weight of a word in a title, compared with one in the text. */
const TITLE_BOOST = 2.5
/** From this many letters on, a word also matches longer words that start with it, and misspelt ones. */
const LOOSE_LETTERS = 5
/** How far a misspelt word may be off, as a share of its length. */
const MISSPELT = 0.2
/** Credit for a word of the query if the passage has only parts of it, a longer word, or a misspelt one. */
const LOOSE_CREDIT = 0.6
/**
 * The part of a score that follows MiniSearch's own order, among passages with the same words of the query.
 */
const ORDER_SHARE = 0.4

/**
 * A knowledge base in memory. It retrieves by words: MiniSearch's BM25 with prefixes, misspellings and stems.
 * A score says how much of the query the passage holds, rare words first. If the rarest word is in no
 * passage, even the best score stays low.
 */
export function createKnowledgeBase(
  passages: readonly StoredPassage[],
  location: KnowledgeBase['location'],
): KnowledgeBase {
  const index = new MiniSearch<{ n: number; title: string; text: string }>({
    idField: 'n',
    fields: ['title', 'text'],
    tokenize: (text) => wordsOf(text).flatMap(({ whole, parts }) => [whole, ...parts]),
    processTerm: (term) => term,
  })
  index.addAll(passages.map(({ title, text }, n) => ({ n, title, text })))
  const holders = (term: string) => index.search(term, { tokenize: (one) => [one] }).length
  return {
    location,
    retrieve(query, numberOfResults) {
      const words = distinct(wordsOf(query)).slice(0, QUERY_WORDS)
      const weights = words.map((word) => rarity(word, holders, passages.length))
      const whole = weights.reduce((sum, weight) => sum + weight, 0)
      const hits = index.search(words.flatMap(({ whole, parts }) => [whole, ...parts]).join(' '), {
        tokenize: (terms) => terms.split(' '),
        boost: { title: TITLE_BOOST },
        prefix: isLoose,
        fuzzy: (term) => (isLoose(term) ? MISSPELT : false),
      })
      const best = hits[0]?.score ?? 1
      return hits
        .map(({ id, score, match, queryTerms }) => {
          const held =
            words.reduce((sum, word, n) => sum + (weights[n] ?? 0) * credit(word, match, queryTerms), 0) /
            whole
          return {
            passage: passages[id] as StoredPassage,
            score: held * (1 - ORDER_SHARE + (ORDER_SHARE * score) / best),
          }
        })
        .filter(({ score }) => score > 0)
        .sort((a, b) => b.score - a.score)
        .slice(0, numberOfResults)
    },
  }
}

/**
 * True for words that may match loosely. A number never does: with one digit changed it means something else.
 */
function isLoose(term: string): boolean {
  return term.length >= LOOSE_LETTERS && !/\d/.test(term)
}

/** How much of a word a passage holds, from 0 to 1. Half a number or half an identifier counts as nothing. */
function credit(
  { whole, parts, exact }: Word,
  match: Record<string, string[]>,
  queryTerms: string[],
): number {
  if (Object.hasOwn(match, whole)) return 1
  if (queryTerms.includes(whole)) return LOOSE_CREDIT
  const held = parts.filter((part) => Object.hasOwn(match, part)).length
  if (held === 0 || (exact && held < parts.length)) return 0
  return (LOOSE_CREDIT * held) / parts.length
}

/**
 * How much a word says: a lot if few passages have it, most if none has. `holders` counts the passages with a
 * term.
 */
function rarity({ whole, parts }: Word, holders: (term: string) => number, passages: number): number {
  const ofTerm = (term: string) => Math.log(1 + (passages + 0.5) / (holders(term) + 0.5))
  // Two spellings of one name: a word that nobody writes in one piece is as rare as its rarest part.
  return parts.length > 0 && holders(whole) === 0 ? Math.max(...parts.map(ofTerm)) : ofTerm(whole)
}

function distinct(words: Word[]): Word[] {
  return [...new Map(words.map((word) => [word.whole, word])).values()]
}
