import { createHash } from 'node:crypto'
import type { KnowledgeBaseRetrievalResult } from '@aws-sdk/client-bedrock-agent-runtime'
import type { Passage } from '../prompt/passage.ts'

/** The length of a hash that we use as an id: enough to tell a company's passages apart. */
const ID_CHARS = 16

/** The passage of one retrieved chunk, with what the data source says of its page; [] if it has no text. */
export function toPassage(result: KnowledgeBaseRetrievalResult, base: string): Passage[] {
  const text = result.content?.text
  if (!text) return []
  const metadata = result.metadata ?? {}
  const url = webAddress(result)
  const updated =
    asDate(metadata.updated) ?? asDate(metadata.last_modified) ?? asDate(metadata._last_updated_at)
  return [
    {
      id:
        asText(metadata['x-amz-bedrock-kb-chunk-id']) ??
        createHash('sha256').update(text).digest('hex').slice(0, ID_CHARS),
      text,
      title:
        asText(metadata.title) ??
        asText(metadata._document_title) ??
        lastSegment(url) ??
        lastSegment(result.location?.s3Location?.uri) ??
        base,
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
    .find((address) => /^https?:\/\//i.test(address))
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
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
