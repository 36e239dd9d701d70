import { distinct, interleave, type NumberedPassage, numbered, type Passage } from './passage.ts'

/** What searching needs; wire.ts knows who provides it. */
export interface SearchDeps {
  retrieve(
    query: string,
    deadline: AbortSignal,
    onPaused: (base: string) => void,
  ): Promise<{ passages: Passage[]; unsearched: { base: string; cause: string }[] }>
  /** Absent where no reranker is configured. */
  rerank?(query: string, passages: readonly Passage[], deadline: AbortSignal): Promise<Passage[]>
  /** How many passages the model is shown. */
  shown: number
}

export interface Searched {
  passages: NumberedPassage[]
  /** What was done, for the person who waits. */
  summary: string
  /** What could not be searched, for the person who reads the answer. */
  leftOut: string[]
  /** The same for the log: what was done without, and the name of what was thrown. */
  without: string[]
}

/** What is under way when `deadline` fires counts as failed. `onPaused` is told of a base that has to be waited for. */
export type Search = (
  query: string,
  deadline: AbortSignal,
  onPaused: (base: string) => void,
) => Promise<Searched>

/** Retrieve from all bases, then rerank. Fewer passages, or none, still make an answer; never throws. */
export function createSearch({ retrieve, rerank, shown }: SearchDeps): Search {
  return async (query, deadline, onPaused) => {
    const { passages, unsearched } = await retrieve(query, deadline, onPaused)
    const without = unsearched.map(({ base, cause }) => `${base}: ${cause}`)
    const candidates = distinct(passages)
    const best = rerank
      ? await rerank(query, candidates, deadline).catch((error: unknown) => {
          without.push(`rerank: ${error instanceof Error ? error.name : typeof error}`)
          return interleave(candidates)
        })
      : interleave(candidates)
    const kept = numbered(best, shown)
    const names = [...new Set(passages.map(({ base }) => base))].join(', ') || 'the knowledge base'
    return {
      passages: kept,
      summary: `Searched ${names}: ${candidates.length} ${candidates.length === 1 ? 'passage' : 'passages'}, ${kept.length} kept`,
      leftOut:
        unsearched.length > 0
          ? [`I could not search ${unsearched.map(({ base }) => base).join(' and ')} just now.`]
          : [],
      without,
    }
  }
}
