import { within } from '../deadline.ts'
import { Failure } from '../failure.ts'
import type { ThreadMessage } from '../prompt/history.ts'
import { toQuery } from '../prompt/query.ts'
import type { Search, SearchResult } from '../prompt/search.ts'
import { WITHOUT_THREAD } from '../sentences.ts'
import type { Question } from './question.ts'
import type { Reply } from './replies.ts'

/** Dependencies of `gather`; wire.ts provides them. */
export interface GatherDeps {
  thread: ThreadReader
  limits: Limits
  /** Absent if there is no knowledge base. */
  search?: Search
}

export interface ThreadReader {
  /**
   * Reads the thread up to the question, oldest message first. Throws if Slack does not let us read it in
   * time.
   */
  read(question: { channel: string; threadTs: string; ts: string }): Promise<ThreadMessage[]>
  /**
   * Names, by id, of the people who wrote in the thread or are mentioned in it, as far as time allows. Never
   * throws.
   */
  readNames(thread: readonly ThreadMessage[]): Promise<ReadonlyMap<string, string>>
}

export interface Limits {
  /** Counts the turn, unless that would exceed a limit. Throws what DynamoDB throws. */
  count(turn: {
    turnId: string
    attempt: number
    teamId: string
    userId: string
  }): Promise<LimitReached | undefined>
}

export interface LimitReached {
  limit: 'person' | 'workspace'
  most: number
  /** Until the next turn is allowed. */
  freeInMs: number
}

export type GatherResult =
  | { outcome: 'gathered'; material: Material }
  | { outcome: 'limited'; reached: LimitReached }

/** Everything that an answer is made of. */
export interface Material {
  /** The question's words, in the mrkdwn that Slack sent. */
  text: string
  thread: ThreadMessage[]
  /** Names of people, by id. */
  names: ReadonlyMap<string, string>
  search: SearchResult
  /** Sentences for the person about what could not be read or searched. */
  leftOut: string[]
  /** Names for the log of what could not be read or searched, each with the name of the error. */
  without: string[]
}

/** Budget of two writes to the table. If it is spent, the turn is not counted, and the search begins. */
export const COUNT_BUDGET_MS = 3_000

const NOTHING_SEARCHED: SearchResult = { passages: [], summary: '', leftOut: [], without: [] }

/**
 * Reads the thread, counts the turn, searches and looks up names. Steps that do not depend on each other run
 * at the same time, but nothing that costs money begins before the count. A step that fails is left out.
 * Throws Failure question_lost if the question has to be read from the thread and is not there.
 */
export async function gather(
  question: Question,
  reply: Pick<Reply, 'step'>,
  signal: AbortSignal,
  d: GatherDeps,
): Promise<GatherResult> {
  const leftOut: string[] = []
  const without: string[] = []
  const reading = d.thread.read(question).catch((cause: unknown): ThreadMessage[] => {
    if (question.text === undefined) throw new Failure('question_lost', { cause })
    leftOut.push(WITHOUT_THREAD)
    without.push(`thread: ${nameOf(cause)}`)
    return []
  })
  const counting = within(COUNT_BUDGET_MS, d.limits.count(question)).catch(
    (cause: unknown) => void without.push(`limits: ${nameOf(cause)}`),
  )
  // A search costs money, so it waits for the count. The thread is read meanwhile.
  const searching = counting.then((reached) =>
    reached
      ? undefined
      : search(question, reading, signal, d, (base) =>
          reply.step('search', `Waiting for ${base} to wake up`, 'in_progress'),
        ),
  )
  // A thread that cannot be read ends the turn before anybody waits for the search.
  searching.catch(() => undefined)
  const thread = await reading
  const text = textOf(question, thread)
  if (text === undefined) throw new Failure('question_lost')
  reply.step('thread', thread.length > 1 ? `Read the thread: ${thread.length} messages` : 'Read the question')
  const reached = await counting
  if (reached) return { outcome: 'limited', reached }
  const [names, result = NOTHING_SEARCHED] = await Promise.all([d.thread.readNames(thread), searching])
  if (result.summary !== '') reply.step('search', result.summary)
  leftOut.push(...result.leftOut)
  without.push(...result.without)
  return { outcome: 'gathered', material: { text, thread, names, search: result, leftOut, without } }
}

async function search(
  question: Question,
  reading: Promise<ThreadMessage[]>,
  signal: AbortSignal,
  d: GatherDeps,
  onPaused: (base: string) => void,
): Promise<SearchResult> {
  // The first message of a thread is understood without the others, so the search starts at once.
  const isFirst = question.text !== undefined && question.ts === question.threadTs
  const thread = isFirst ? [] : await reading.catch(() => [])
  const query = toQuery({ ...question, text: textOf(question, thread) ?? '' }, thread)
  return query === '' || !d.search ? NOTHING_SEARCHED : d.search(query, signal, onPaused)
}

/** Undefined if the message with the question is not in the thread any more. */
function textOf({ text, ts }: Question, thread: readonly ThreadMessage[]): string | undefined {
  return text ?? thread.find((message) => message.ts === ts)?.mrkdwn
}

function nameOf(cause: unknown): string {
  return cause instanceof Error ? cause.name : typeof cause
}
