import { createHash } from 'node:crypto'
import type { KnowledgeBaseRetrievalResult } from '@aws-sdk/client-bedrock-agent-runtime'
import type { Passage } from '../prompt/passage.ts'
import { beginningOf } from '../shorten.ts'

/** The length of a hash that we use as an id: enough to tell a company's passages apart. */
const HASH_CHARS = 16

/** The table keeps the ids of a turn. Bedrock's have about 50 characters; a longer one is replaced by a hash. */
const ID_LIMIT_CHARS = 200

/** The model and the person read titles. */
const TITLE_LIMIT_CHARS = 200

/** Slack's limit of an address in a block; browsers and servers have limits of this size too. */
const URL_LIMIT_CHARS = 2_000

/** The passage of one retrieved chunk, with what the data source says of its page; [] if it has no text. */
export function toPassage(result: KnowledgeBaseRetrievalResult, base: string): Passage[] {
  const text = result.content?.text || rowText(result)
  if (!text) return []
  const metadata = result.metadata ?? {}
  const url = webAddress(result)
  const updated =
    asDate(metadata.updated) ?? asDate(metadata.last_modified) ?? asDate(metadata._last_updated_at)
  return [
    {
      id: toId(asText(metadata['x-amz-bedrock-kb-chunk-id']), text),
      text,
      title: beginningOf(
        asText(metadata.title) ??
          asText(metadata._document_title) ??
          lastSegment(url) ??
          lastSegment(result.location?.s3Location?.uri) ??
          base,
        TITLE_LIMIT_CHARS,
      ),
      ...(url !== undefined && { url }),
      ...(updated !== undefined && { updated }),
      base,
      score: result.score ?? 0,
    },
  ]
}

/** The first address that a browser can open. It is never s3://, but the metadata may name another. */
function webAddress({ location, metadata = {} }: KnowledgeBaseRetrievalResult): string | undefined {
  return [
    location?.confluenceLocation?.url,
    location?.webLocation?.url,
    location?.sharePointLocation?.url,
    location?.salesforceLocation?.url,
    location?.oneDriveLocation?.url,
    location?.googleDriveLocation?.url,
    metadata.url,
    metadata._source_uri,
    metadata['x-amz-bedrock-kb-source-uri'],
  ]
    .flatMap((address) => asText(address) ?? [])
    .find((address) => /^https?:\/\//i.test(address) && address.length <= URL_LIMIT_CHARS)
}

/** A row of a SQL database, one line for each column that has a value. */
function rowText({ content }: KnowledgeBaseRetrievalResult): string {
  return (content?.row ?? [])
    .flatMap(({ columnName, columnValue, type }) =>
      type === 'NULL' || type === 'BLOB' || !columnValue ? [] : [`${columnName ?? 'value'}: ${columnValue}`],
    )
    .join('\n')
}

function toId(chunkId: string | undefined, text: string): string {
  if (chunkId !== undefined && chunkId.length <= ID_LIMIT_CHARS) return chunkId
  return createHash('sha256')
    .update(chunkId ?? text)
    .digest('hex')
    .slice(0, HASH_CHARS)
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined
}

/** A date may also be a number: seconds or milliseconds of the Unix epoch. */
function asDate(value: unknown): string | undefined {
  return typeof value === 'number' ? String(value) : asText(value)
}

function lastSegment(address: string | undefined): string | undefined {
  const segment = address?.split(/[?#]/)[0]?.split('/').filter(Boolean).at(-1)
  if (segment === undefined) return undefined
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
