import { createHash } from 'node:crypto'
import {
  type BedrockAgentRuntimeClient,
  type KnowledgeBaseRetrievalResult,
  RetrieveCommand,
} from '@aws-sdk/client-bedrock-agent-runtime'
import type { Clock } from '../clock.ts'
import type { Passage } from '../prompt/passage.ts'
import { type Backoff, type NextTry, retry } from '../retry.ts'

export interface Found {
  passages: Passage[]
  /** The knowledge bases that could not be searched, and the name of what was thrown. */
  unsearched: { base: string; cause: string }[]
}

/** `onPaused` is told of a base that has to be waited for. */
export type Retrieve = (
  query: string,
  deadline: AbortSignal,
  onPaused: (base: string) => void,
) => Promise<Found>

/**
 * A database that pauses when it is idle (Aurora Serverless) needs 12 to 25 s to resume, however often it is asked. The
 * pauses do not grow, so that nobody waits much longer than the database does: 33 s of them in all.
 */
const PAUSED_TRIES = 12
const PAUSED_BACKOFF: Backoff = { firstMs: 3_000, mostMs: 3_000 }

/**
 * Searches every knowledge base at the same time. One that fails is named and does not hold up the others; one whose
 * database is paused is waited for. Never throws. `passagesPerBase` is 1 to 100.
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_Retrieve.html
 */
export function createRetrieve(
  client: BedrockAgentRuntimeClient,
  bases: readonly { name: string; id: string }[],
  { passagesPerBase, clock }: { passagesPerBase: number; clock: Clock },
): Retrieve {
  async function ask(
    id: string,
    query: string,
    deadline: AbortSignal,
    onPaused: () => void,
  ): Promise<KnowledgeBaseRetrievalResult[]> {
    const retrieve = async (): Promise<KnowledgeBaseRetrievalResult[]> => {
      const { retrievalResults = [] } = await client.send(
        new RetrieveCommand({
          knowledgeBaseId: id,
          retrievalQuery: { text: query },
          retrievalConfiguration: { vectorSearchConfiguration: { numberOfResults: passagesPerBase } },
        }),
        { abortSignal: deadline },
      )
      return retrievalResults
    }
    const afterError = (error: unknown): NextTry => {
      if (!isPaused(error)) return 'stop'
      onPaused()
      return 'back off'
    }
    return retry(
      { clock, tries: PAUSED_TRIES, backoff: PAUSED_BACKOFF, signal: deadline, afterError },
      retrieve,
    )
  }

  return async (query, deadline, onPaused) => {
    const searched = await Promise.allSettled(
      bases.map(({ id, name }) => ask(id, query, deadline, () => onPaused(name))),
    )
    const found: Found = { passages: [], unsearched: [] }
    for (const [index, { name }] of bases.entries()) {
      const outcome = searched[index]
      if (outcome?.status === 'fulfilled')
        found.passages.push(...outcome.value.flatMap((result) => toPassage(result, name)))
      else found.unsearched.push({ base: name, cause: causeName(outcome?.reason) })
    }
    return found
  }
}

/** It comes as a ValidationException, which the SDK does not try again; only its words tell it from others. */
function isPaused(error: unknown): boolean {
  return error instanceof Error && /auto-?paused|resuming/i.test(error.message)
}

function causeName(reason: unknown): string {
  return reason instanceof Error ? reason.name : typeof reason
}

function toPassage(result: KnowledgeBaseRetrievalResult, base: string): Passage[] {
  const text = result.content?.text
  if (!text) return []
  const metadata = result.metadata ?? {}
  const url = webAddress(result)
  const updated =
    asText(metadata.updated) ?? asText(metadata.last_modified) ?? asText(metadata._last_updated_at)
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

/** Of a hash that stands in for an id: enough to tell a company's passages apart. */
const ID_CHARS = 16

/** An address that a browser can open: s3:// is none, but such a page may name its own in the metadata. */
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

function lastSegment(address: string | undefined): string | undefined {
  const segment = address?.split(/[?#]/)[0]?.split('/').filter(Boolean).at(-1)
  if (segment === undefined) return undefined
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
