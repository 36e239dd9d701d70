import * as v from 'valibot'
import type { Rank } from './knowledge-base.ts'
import { invalid } from './refusal.ts'
import { readBody } from './request-body.ts'

const MAX_TEXT_CHARACTERS = 32_000
const MAX_SOURCES = 1000

const atLeastOne = 'Member must have length greater than or equal to 1'
const atMost = (max: number) => `Member must have length less than or equal to ${max}`

const text = v.pipe(v.string(), v.maxLength(MAX_TEXT_CHARACTERS, atMost(MAX_TEXT_CHARACTERS)))
const RerankRequest = v.object({
  queries: v.pipe(
    v.array(v.object({ type: v.picklist(['TEXT']), textQuery: v.object({ text: v.optional(text) }) })),
    v.minLength(1, atLeastOne),
    v.maxLength(1, atMost(1)),
  ),
  sources: v.pipe(
    v.array(
      v.object({
        type: v.picklist(['INLINE']),
        inlineDocumentSource: v.object({
          type: v.picklist(['TEXT', 'JSON']),
          textDocument: v.optional(v.object({ text: v.optional(text) })),
          jsonDocument: v.optional(v.unknown()),
        }),
      }),
    ),
    v.minLength(1, atLeastOne),
    v.maxLength(MAX_SOURCES, atMost(MAX_SOURCES)),
  ),
  rerankingConfiguration: v.object({
    type: v.picklist(['BEDROCK_RERANKING_MODEL']),
    bedrockRerankingConfiguration: v.object({
      numberOfResults: v.optional(
        v.pipe(
          v.number(),
          v.minValue(1, 'Member must have value greater than or equal to 1'),
          v.maxValue(MAX_SOURCES, `Member must have value less than or equal to ${MAX_SOURCES}`),
        ),
      ),
      modelConfiguration: v.object({ modelArn: v.string() }),
    }),
  }),
})

/** Throws a Refusal. */
export function rerank(
  body: unknown,
  stray: (path: string) => void,
  rank: Rank,
  modelArns: readonly string[],
) {
  const { queries, sources, rerankingConfiguration } = readBody(RerankRequest, body, stray)
  const { numberOfResults = sources.length, modelConfiguration } =
    rerankingConfiguration.bedrockRerankingConfiguration
  if (numberOfResults > sources.length)
    throw invalid('Cannot provide numberOfResults value that exceeds the number of sources.')
  // An inference profile is not a foundation model, and not every region has every reranking model.
  if (!modelArns.includes(modelConfiguration.modelArn)) {
    throw invalid(
      'The provided model ARN for reranking is invalid. Please, use a valid model ARN. ' +
        'Also check the model ARN follows this format: arn:<partition>:bedrock:<region>:<foundation-model/<model-id>',
    )
  }
  const query = queries[0]?.textQuery.text
  if (!query?.trim()) throw invalid('The text of the query is blank.')
  const texts = sources.map(({ inlineDocumentSource: { type, textDocument, jsonDocument } }, i) => {
    const source =
      type === 'TEXT'
        ? textDocument?.text
        : jsonDocument === undefined
          ? undefined
          : JSON.stringify(jsonDocument)
    if (!source?.trim()) throw invalid(`The document at sources.${i} is blank.`)
    return source
  })
  return {
    results: rank(query, texts)
      .slice(0, numberOfResults)
      .map(({ index, relevanceScore }) => ({ index, relevanceScore })),
  }
}
