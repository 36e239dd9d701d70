import {
  type BedrockAgentRuntimeClient,
  type KnowledgeBaseRetrievalConfiguration,
  type KnowledgeBaseRetrievalResult,
  RetrieveCommand,
} from '@aws-sdk/client-bedrock-agent-runtime'
import type { Clock } from '../clock.ts'
import { abortAfter } from '../deadline.ts'
import type { Retrieve, RetrieveResult } from '../prompt/search.ts'
import { type Backoff, type NextTry, retry } from '../retry.ts'
import { toPassage } from './retrieval-result.ts'

/** Budget of all tries at one base and the SDK's attempts in them, without the pauses for a paused database. */
export const RETRIEVE_BUDGET_MS = 10_000

/**
 * A database that pauses when it is idle (Aurora Serverless) needs 12 to 25 s to resume, however often it is
 * asked. The pauses do not grow, so that nobody waits much longer than the database does: 33 s of them in
 * all.
 */
export const PAUSED_TRIES = 12
export const PAUSED_BACKOFF: Backoff = { firstMs: 3_000, mostMs: 3_000 }

/**
 * Forms of a search, each for another type of knowledge base: vectors, managed by Bedrock, and none for a base
 * that takes no configuration. The type is not known here, and the wrong form is refused.
 */
const SEARCH_FORMS: readonly ((
  numberOfResults: number,
) => KnowledgeBaseRetrievalConfiguration | undefined)[] = [
  (numberOfResults) => ({ vectorSearchConfiguration: { numberOfResults } }),
  (numberOfResults) => ({ managedSearchConfiguration: { numberOfResults } }),
  () => undefined,
]

/**
 * Searches every knowledge base at the same time. If one fails, the result names it and the others go on; if
 * the database of one is paused, we wait for it. Never throws. `passagesPerBase` is 1 to 100.
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_Retrieve.html
 */
export function createRetrieve(
  client: BedrockAgentRuntimeClient,
  bases: readonly { name: string; id: string }[],
  { passagesPerBase, clock }: { passagesPerBase: number; clock: Clock },
): Retrieve {
  /** The form that a base has accepted, by its id. */
  const formOf = new Map<string, number>()

  function retrieveFrom(
    id: string,
    query: string,
    deadline: AbortSignal,
    onPaused: () => void,
  ): Promise<KnowledgeBaseRetrievalResult[]> {
    let leftMs = RETRIEVE_BUDGET_MS
    const retrieveBy = async (form: number): Promise<KnowledgeBaseRetrievalResult[]> => {
      const retrievalConfiguration = SEARCH_FORMS[form]?.(passagesPerBase)
      const command = new RetrieveCommand({
        knowledgeBaseId: id,
        retrievalQuery: { text: query },
        ...(retrievalConfiguration && { retrievalConfiguration }),
      })
      const startedAt = clock.now()
      const { retrievalResults } = await abortAfter(leftMs, deadline, (abortSignal) =>
        client.send(command, { abortSignal }),
      ).finally(() => {
        leftMs = Math.max(0, leftMs - (clock.now() - startedAt))
      })
      formOf.set(id, form)
      return (retrievalResults ?? []).slice(0, passagesPerBase)
    }
    /** Tries the other forms if the first is refused. If all are, the form is not the reason. */
    const retrieve = async (): Promise<KnowledgeBaseRetrievalResult[]> => {
      const known = formOf.get(id)
      try {
        return await retrieveBy(known ?? 0)
      } catch (refused) {
        if (known !== undefined || !isInvalid(refused) || isPaused(refused)) throw refused
        for (let form = 1; form < SEARCH_FORMS.length; form++) {
          try {
            return await retrieveBy(form)
          } catch (error) {
            if (!isInvalid(error) || isPaused(error)) throw error
          }
        }
        throw refused
      }
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
    const outcomes = await Promise.allSettled(
      bases.map(({ id, name }) => retrieveFrom(id, query, deadline, () => onPaused(name))),
    )
    const result: RetrieveResult = { passages: [], unsearched: [] }
    for (const [index, { name }] of bases.entries()) {
      const outcome = outcomes[index]
      if (outcome?.status === 'fulfilled')
        result.passages.push(...outcome.value.flatMap((found) => toPassage(found, name)))
      else
        result.unsearched.push({
          base: name,
          cause: causeName(outcome?.reason),
          ...(isLasting(outcome?.reason) && { lasting: true }),
        })
    }
    return result
  }
}

/**
 * A paused database is a ValidationException, which the SDK does not retry. Only the message tells it apart.
 */
function isPaused(error: unknown): boolean {
  return error instanceof Error && /auto-?paused|resuming/i.test(error.message)
}

function isInvalid(error: unknown): boolean {
  return error instanceof Error && error.name === 'ValidationException'
}

const LASTING = new Set(['AccessDeniedException', 'ResourceNotFoundException', 'ValidationException'])

/** True if the base will not answer until somebody changes something. */
function isLasting(error: unknown): boolean {
  return error instanceof Error && LASTING.has(error.name) && !isPaused(error)
}

function causeName(reason: unknown): string {
  return reason instanceof Error ? reason.name : typeof reason
}
