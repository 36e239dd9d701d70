import * as v from 'valibot'
import type { KnowledgeBase, StoredPassage } from './knowledge-base.ts'
import { invalid, refusal } from './refusal.ts'
import { readBody } from './request-body.ts'

const MAX_QUERY_CHARACTERS = 20_000
const MAX_RESULTS = 100
/** Bedrock's default if the request gives no number. */
const DEFAULT_RESULTS = 5

const resultCount = v.optional(
  v.pipe(
    v.number(),
    v.minValue(1, 'Member must have value greater than or equal to 1'),
    v.maxValue(MAX_RESULTS, `Member must have value less than or equal to ${MAX_RESULTS}`),
  ),
)

/**
 * Filters, reranking inside Retrieve and paging are missing, so that a request with one of them is recorded
 * as a violation.
 */
const RetrieveRequest = v.object({
  retrievalQuery: v.object({
    text: v.optional(
      v.pipe(
        v.string(),
        v.maxLength(
          MAX_QUERY_CHARACTERS,
          `Member must have length less than or equal to ${MAX_QUERY_CHARACTERS}`,
        ),
      ),
    ),
    type: v.optional(v.picklist(['TEXT', 'IMAGE'])),
    image: v.optional(v.unknown()),
  }),
  retrievalConfiguration: v.optional(
    v.object({
      vectorSearchConfiguration: v.optional(
        v.object({
          numberOfResults: resultCount,
          overrideSearchType: v.optional(v.picklist(['HYBRID', 'SEMANTIC'])),
        }),
      ),
      managedSearchConfiguration: v.optional(
        v.object({
          numberOfResults: resultCount,
          rerankingModelType: v.optional(v.picklist(['CUSTOM', 'MANAGED', 'NONE'])),
        }),
      ),
    }),
  ),
})

/** Throws a Refusal. */
export async function retrieve(
  knowledgeBaseId: string,
  body: unknown,
  stray: (path: string) => void,
  bases: ReadonlyMap<string, KnowledgeBase>,
) {
  const { retrievalQuery, retrievalConfiguration } = readBody(RetrieveRequest, body, stray)
  const { text, image } = retrievalQuery
  if (text !== undefined && image !== undefined)
    throw invalid('The retrieval query must hold either text or an image, not both.')
  if (!text?.trim()) throw invalid('The text of the retrieval query is blank.')
  if (!/^[0-9a-zA-Z]{1,10}$/.test(knowledgeBaseId)) {
    const rule = 'Member must satisfy regular expression pattern: [0-9a-zA-Z]{1,10}'
    throw invalid(
      `1 validation error detected: Value '${knowledgeBaseId}' at 'knowledgeBaseId' failed to satisfy constraint: ${rule}`,
    )
  }
  const base = bases.get(knowledgeBaseId)
  if (!base)
    throw refusal('ResourceNotFoundException', `Knowledge Base with id ${knowledgeBaseId} does not exist`)
  const { vectorSearchConfiguration: vector, managedSearchConfiguration: managed } =
    retrievalConfiguration ?? {}
  // Our messages. https://docs.aws.amazon.com/bedrock/latest/userguide/kb-managed.html
  if (vector && base.managed)
    throw invalid('A managed knowledge base takes managedSearchConfiguration, not vectorSearchConfiguration.')
  if (managed && !base.managed)
    throw invalid('This knowledge base takes vectorSearchConfiguration, not managedSearchConfiguration.')
  const wanted = (vector ?? managed)?.numberOfResults ?? DEFAULT_RESULTS
  const found = await base.retrieve(text, wanted)
  return {
    retrievalResults: found.slice(0, wanted).map(({ passage, score }) => ({
      content: base.location === 'SQL' ? rowOf(passage) : { type: 'TEXT', text: passage.text },
      location: locationOf(passage, base.location),
      score,
      metadata: {
        'x-amz-bedrock-kb-source-uri': passage.url,
        'x-amz-bedrock-kb-chunk-id': passage.id,
        'x-amz-bedrock-kb-data-source-id': `DS${knowledgeBaseId}`.slice(0, 10),
        title: passage.title,
        ...(passage.updated !== undefined && { updated: passage.updated }),
      },
    })),
  }
}

function rowOf({ title, text, updated }: StoredPassage) {
  return {
    type: 'ROW',
    row: [
      { columnName: 'title', columnValue: title, type: 'STRING' },
      { columnName: 'text', columnValue: text, type: 'STRING' },
      {
        columnName: 'updated',
        ...(updated === undefined ? { type: 'NULL' } : { columnValue: updated, type: 'STRING' }),
      },
    ],
  }
}

function locationOf({ url, path }: StoredPassage, type: KnowledgeBase['location']) {
  if (type === 'SQL') return { type, sqlLocation: { query: 'SELECT title, text, updated FROM pages' } }
  if (type === 'CONFLUENCE') return { type, confluenceLocation: { url } }
  return type === 'WEB'
    ? { type, webLocation: { url } }
    : { type, s3Location: { uri: `s3://knowledge/${path}` } }
}
