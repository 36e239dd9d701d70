import MiniSearch from 'minisearch'
import type { KnowledgeBase, StoredPassage } from './knowledge-base.ts'
import { type Word, wordsOf } from './rank-words.ts'

/** How many words of a query count: a question has ten; a pasted log would have thousands, each searched with its neighbours. */
const QUERY_WORDS = 64
/** How much a word in a title weighs against one in the text. */
const TITLE_BOOST = 2.5
/** From how many letters on a word also finds longer ones that begin with it, and misspelt ones. */
const LOOSE_LETTERS = 5
/** How far a misspelt word may be off, as a share of its length. */
const MISSPELT = 0.2
/** What a query's word counts for where the passage holds only parts of it, longer words, or a misspelt one. */
const LOOSE_CREDIT = 0.6
/** How much of a score is left to MiniSearch's own order, among passages that hold the same words of the query. */
const ORDER_SHARE = 0.4

/**
 * A knowledge base in memory, for as many passages as memory holds. Retrieval is by words (MiniSearch's BM25 with prefixes,
 * misspellings and stems). A score says how much of the query, its rare words first, the passage holds: where the rarest
 * word is nowhere, the best hit stays low.
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

/** A number means another thing with one digit changed. */
function isLoose(term: string): boolean {
  return term.length >= LOOSE_LETTERS && !/\d/.test(term)
}

/** How much of a word a passage holds, from 0 to 1. Half a number or half an identifier is none of it. */
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

/** How much a word says: much if few passages hold it, most if none does. `holders` counts the passages that hold a term. */
function rarity({ whole, parts }: Word, holders: (term: string) => number, passages: number): number {
  const ofTerm = (term: string) => Math.log(1 + (passages + 0.5) / (holders(term) + 0.5))
  // Two spellings of one name: what nobody writes in one piece is as rare as its rarest piece.
  return parts.length > 0 && holders(whole) === 0 ? Math.max(...parts.map(ofTerm)) : ofTerm(whole)
}

function distinct(words: Word[]): Word[] {
  return [...new Map(words.map((word) => [word.whole, word])).values()]
}
