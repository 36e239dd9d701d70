/** One piece of a document, as the index of a knowledge base returns it. */
export interface StoredPassage {
  id: string
  text: string
  title: string
  url: string
  /** An ISO date. */
  updated?: string
  path: string
}

export interface KnowledgeBase {
  /** Returns the best `numberOfResults` passages for `query`, best first, with scores from 0 to 1. */
  retrieve(
    query: string,
    numberOfResults: number,
  ): { passage: StoredPassage; score: number }[] | Promise<{ passage: StoredPassage; score: number }[]>
  /** The kind of location that Bedrock gives for the passages. With SQL each passage comes as a row. */
  location: 'CONFLUENCE' | 'WEB' | 'S3' | 'SQL'
  /** True if Bedrock manages the store: it searches with managedSearchConfiguration only. */
  managed?: boolean
}

/** Returns the texts' indexes, best first. */
export type Rank = (query: string, texts: string[]) => { index: number; relevanceScore: number }[]
