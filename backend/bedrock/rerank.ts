import { type BedrockAgentRuntimeClient, RerankCommand } from '@aws-sdk/client-bedrock-agent-runtime'
import type { Rerank } from '../prompt/search.ts'

/** Rerank accepts no more sources in one call. */
const SOURCES_LIMIT = 1_000

/**
 * Returns the `count` passages that answer the query best, the best first. Throws the SDK's errors.
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_Rerank.html
 */
export function createRerank(client: BedrockAgentRuntimeClient, modelArn: string, count: number): Rerank {
  return async (query, passages, deadline) => {
    const sources = passages.slice(0, SOURCES_LIMIT)
    if (sources.length === 0) return []
    const { results = [] } = await client.send(
      new RerankCommand({
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
      }),
      { abortSignal: deadline },
    )
    return results.flatMap(({ index }) => (index === undefined ? [] : (sources[index] ?? [])))
  }
}
