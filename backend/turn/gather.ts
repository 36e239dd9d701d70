import { within } from '../deadline.ts'
import { Failure } from '../failure.ts'
import type { ThreadMessage } from '../prompt/history.ts'
import { toQuery } from '../prompt/query.ts'
import type { Search, SearchResult } from '../prompt/search.ts'
import { WITHOUT_THREAD } from '../sentences.ts'
import type { Question } from './question.ts'

/** What gathering needs; wire.ts knows who provides it. */
export interface GatherDeps {
  slack: {
    readThread(question: { channel: string; threadTs: string; ts: string }): Promise<ThreadMessage[]>
    readPeople(thread: readonly ThreadMessage[]): Promise<ReadonlyMap<string, string>>
  }
  /** Absent where there is no knowledge base. */
  search?: Search
  countTurn(asker: { teamId: string; userId: string }): Promise<LimitReached | undefined>
}

export interface LimitReached {
  limit: 'person' | 'workspace'
  most: number
  freeInMs: number
}

/** What the person sees of it. */
interface Steps {
  step(id: string, title: string, status?: 'in_progress' | 'complete'): void
}

/** What an answer is made of. */
export interface Gathered {
  /** The question's words, as Slack sent them. */
  text: string
  thread: ThreadMessage[]
  /** Names of the people in it, by id. */
  names: ReadonlyMap<string, string>
  searched: SearchResult
  /** What could not be had, for the person. */
  leftOut: string[]
  /** The same for the log, with the name of what was thrown. */
  without: string[]
}

/** Two writes to the table. Where it does not answer, the turn is not counted. */
const COUNT_BUDGET_MS = 3_000

const NOTHING_SEARCHED: SearchResult = { passages: [], summary: '', leftOut: [], without: [] }

/**
 * Reads the thread, counts the turn, searches and looks up names, each beside what it does not depend on. Goes on
 * without what fails. Throws Failure question_lost where the question itself has to be read again, and cannot be.
 */
export async function gather(
  question: Question,
  steps: Steps,
  signal: AbortSignal,
  d: GatherDeps,
): Promise<Gathered | LimitReached> {
  const leftOut: string[] = []
  const without: string[] = []
  const threadRead = d.slack.readThread(question).catch((cause: unknown): ThreadMessage[] => {
    if (question.text === undefined) throw new Failure('question_lost', { cause })
    leftOut.push(WITHOUT_THREAD)
    without.push(`thread: ${nameOf(cause)}`)
    return []
  })
  const counted = within(COUNT_BUDGET_MS, d.countTurn(question)).catch(
    (cause: unknown) => void without.push(`limits: ${nameOf(cause)}`),
  )
  // It must not outlive the question that it is for.
  const over = new AbortController()
  let asleep: string | undefined
  const searching = search(question, threadRead, AbortSignal.any([signal, over.signal]), d, (base) => {
    asleep = base
    steps.step('search', `Waiting for ${base} to wake up`, 'in_progress')
  })
  try {
    const thread = await threadRead
    const text = textOf(question, thread)
    if (text === undefined) throw new Failure('question_lost')
    steps.step(
      'thread',
      thread.length > 1 ? `Read the thread: ${thread.length} messages` : 'Read the question',
    )
    const reached = await counted
    if (reached) {
      if (asleep !== undefined) steps.step('search', `Did not wait for ${asleep}`)
      return reached
    }
    const [names, searched] = await Promise.all([d.slack.readPeople(thread), searching])
    if (searched.summary !== '') steps.step('search', searched.summary)
    leftOut.push(...searched.leftOut)
    without.push(...searched.without)
    return { text, thread, names, searched, leftOut, without }
  } finally {
    over.abort()
  }
}

async function search(
  question: Question,
  threadRead: Promise<ThreadMessage[]>,
  signal: AbortSignal,
  d: GatherDeps,
  onPaused: (base: string) => void,
): Promise<SearchResult> {
  // The first message of a thread stands alone, so the search need not wait for the thread.
  const alone = question.text !== undefined && question.ts === question.threadTs
  const thread = alone ? [] : await threadRead.catch(() => [])
  const query = toQuery({ ...question, text: textOf(question, thread) ?? '' }, thread)
  return query === '' || !d.search ? NOTHING_SEARCHED : d.search(query, signal, onPaused)
}

/** Undefined where the message with the question is not there any more. */
function textOf({ text, ts }: Question, thread: readonly ThreadMessage[]): string | undefined {
  return text ?? thread.find((message) => message.ts === ts)?.mrkdwn
}

function nameOf(cause: unknown): string {
  return cause instanceof Error ? cause.name : typeof cause
}
