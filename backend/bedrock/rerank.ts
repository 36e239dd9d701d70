import { type BedrockAgentRuntimeClient, RerankCommand } from '@aws-sdk/client-bedrock-agent-runtime'
import { abortAfter } from '../deadline.ts'
import type { Rerank } from '../prompt/search.ts'

/** Rerank accepts no more sources in one call. */
const SOURCES_LIMIT = 1_000

/** Budget of all attempts. Without a reranker the retriever's order is good enough to answer from. */
export const RERANK_BUDGET_MS = 3_000

/**
 * Returns the `count` passages that answer the query best, the best first. Throws TimedOut or the SDK's
 * errors. What Bedrock answers is checked.
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_Rerank.html
 */
export function createRerank(client: BedrockAgentRuntimeClient, modelArn: string, count: number): Rerank {
  return async (query, passages, deadline) => {
    const sources = passages.slice(0, SOURCES_LIMIT)
    if (sources.length === 0) return { passages: [], isSound: true }
    const command = new RerankCommand({
      queries: [{ type: 'TEXT', textQuery: { text: query } }],
      sources: sources.map(({ title, text }) => ({
        type: 'INLINE',
        inlineDocumentSource: { type: 'TEXT', textDocument: { text: `${title}\n${text}` } },
      })),
      rerankingConfiguration: {
        type: 'BEDROCK_RERANKING_MODEL',
        bedrockRerankingConfiguration: {
          modelConfiguration: { modelArn },
          numberOfResults: Math.min(count, sources.length),
        },
      },
    })
    const { results } = await abortAfter(RERANK_BUDGET_MS, deadline, (abortSignal) =>
      client.send(command, { abortSignal }),
    )
    const ranked = (results ?? []).map(({ index }) => (index === undefined ? undefined : sources[index]))
    const named = new Set(ranked.filter((passage) => passage !== undefined))
    return { passages: [...named], isSound: named.size > 0 && named.size === ranked.length }
  }
}
