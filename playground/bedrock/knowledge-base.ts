/** One piece of a document, as an embedded knowledge base returns it. */
export interface StoredPassage {
  id: string
  text: string
  title: string
  url: string
  updated?: string /* ISO date */
  path: string
}

export interface KnowledgeBase {
  /** The best `numberOfResults` passages for `query`, best first, score in 0..1. */
  retrieve(
    query: string,
    numberOfResults: number,
  ): { passage: StoredPassage; score: number }[] | Promise<{ passage: StoredPassage; score: number }[]>
  /** Where Bedrock says that a passage of this base stands. */
  location: 'CONFLUENCE' | 'WEB' | 'S3'
}

export type Rank = (query: string, texts: string[]) => { index: number; relevanceScore: number }[] // best first
