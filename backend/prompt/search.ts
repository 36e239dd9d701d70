import { notSearchable, notSearchedNow } from '../sentences.ts'
import { distinct, interleave, type NumberedPassage, numbered, type Passage } from './passage.ts'

/** Asks every knowledge base. Never throws. `onPaused` is called for a base that is waking up. */
export type Retrieve = (
  query: string,
  deadline: AbortSignal,
  onPaused: (base: string) => void,
) => Promise<RetrieveResult>

export interface RetrieveResult {
  passages: Passage[]
  /** The knowledge bases that could not be searched, each with the name of the error. */
  unsearched: Unsearched[]
}

export interface Unsearched {
  base: string
  cause: string
  /** Set if the base will not answer until somebody changes something. */
  lasting?: true
}

/** Orders passages by how well they answer the query. May return fewer than it was given. */
export type Rerank = (query: string, passages: readonly Passage[], deadline: AbortSignal) => Promise<Ranking>

export interface Ranking {
  /** The best first, each once. */
  passages: Passage[]
  /** False if the reranker named none, one twice, or one that it was not given. */
  isSound: boolean
}

/** The dependencies of a search; wire.ts provides them. */
export interface SearchDeps {
  retrieve: Retrieve
  /** Absent if no reranker is configured. */
  rerank?: Rerank
  /** The number of passages that the model gets. */
  shown: number
}

/** Retrieves and reranks. A request that is running when `deadline` fires counts as failed. */
export type Search = (
  query: string,
  deadline: AbortSignal,
  onPaused: (base: string) => void,
) => Promise<SearchResult>

export interface SearchResult {
  passages: NumberedPassage[]
  /** A summary for the person who waits. */
  summary: string
  /** Sentences for the reader of the answer about bases that could not be searched. */
  leftOut: string[]
  /** For the log: each base or reranker that we did without, with the name of the error. */
  without: string[]
}

/** Retrieves, then reranks. Never throws, because an answer from fewer passages is still an answer. */
export function createSearch({ retrieve, rerank, shown }: SearchDeps): Search {
  return async (query, deadline, onPaused) => {
    const { passages, unsearched } = await retrieve(query, deadline, onPaused)
    const without = unsearched.map(({ base, cause }) => `${base}: ${cause}`)
    const candidates = distinct(passages)
    const order = interleave(candidates)
    let best = order
    if (rerank) {
      const ranking = await rerank(query, candidates, deadline).catch((error: unknown) => {
        without.push(`rerank: ${error instanceof Error ? error.name : typeof error}`)
        return { passages: order, isSound: true }
      })
      if (!ranking.isSound) without.push('rerank: UnsoundRanking')
      // A reranker that is confused may have forgotten the best passages.
      best = ranking.isSound ? ranking.passages : [...new Set([...ranking.passages, ...order])]
    }
    const kept = numbered(best, shown)
    const names = [...new Set(passages.map(({ base }) => base))].join(', ') || 'the knowledge base'
    return {
      passages: kept,
      summary: `Searched ${names}: ${candidates.length} ${candidates.length === 1 ? 'passage' : 'passages'}, ${kept.length} kept`,
      leftOut: leftOutOf(unsearched),
      without,
    }
  }
}

/** A sentence for the bases that may answer the next question, and one for those that will not. */
function leftOutOf(unsearched: readonly Unsearched[]): string[] {
  const names = (lasting: boolean) =>
    unsearched.filter((base) => (base.lasting ?? false) === lasting).map(({ base }) => base)
  return [
    ...(names(false).length > 0 ? [notSearchedNow(names(false))] : []),
    ...(names(true).length > 0 ? [notSearchable(names(true))] : []),
  ]
}
