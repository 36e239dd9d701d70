import { allowedIn } from './allowed.ts'
import type { Assistant } from './assistant.ts'
import { createCitations } from './citations.ts'
import { asFailure, Failure, guardrailSentence, sentence } from './failure.ts'
import type { Turn } from './handoff.ts'
import { type ThreadMessage, toHistory } from './history.ts'
import { toPlain } from './mrkdwn.ts'
import type { NumberedPassage } from './passage.ts'
import { type Prompt, toPrompt } from './prompt.ts'
import { toQuery } from './query.ts'
import type { Search, Searched } from './search.ts'

/** What answering needs; wire.ts knows who provides it. */
export interface AnswerDeps {
  turns: {
    claim(turn: Turn, owner: { requestId: string; leaseMs: number }): Promise<Claim | undefined>
    opened(claim: Claim, replyTs: string): Promise<void>
    finish(claim: Claim, state: 'answered' | 'failed'): Promise<void>
  }
  openReply(turn: Turn, firstStep: { id: string; title: string }): Reply
  readThread(turn: Turn): Promise<ThreadMessage[]>
  readPeople(thread: readonly ThreadMessage[]): Promise<ReadonlyMap<string, string>>
  /** Absent where there is no knowledge base. */
  search?: Search
  converse(prompt: Prompt, deadline: AbortSignal): AsyncIterable<Delta>
  assistant: Assistant
  clock: { now(): number }
}

interface Claim {
  turnId: string
  token: string
}

interface Reply {
  readonly opened: Promise<string | undefined>
  step(id: string, title: string): void
  write(markdown: string): void
  close(sources: readonly NumberedPassage[]): Promise<void>
}

type Delta =
  | { kind: 'text'; text: string }
  | {
      kind: 'end'
      stopReason: string
      inputTokens: number
      outputTokens: number
      guardrail?: { on: 'question' | 'answer'; rules: readonly string[] }
    }

/** The invocation that answers. `reference` is what the person is given, to find its log line. */
export interface Invocation {
  requestId: string
  reference: string
  remainingMs: number
  deadline: AbortSignal
}

/** How a turn went; ids, counts and times only. */
export interface Report {
  outcome: 'answered' | 'not_found' | 'guardrail' | 'failed' | 'duplicate'
  failure?: string
  cause?: string
  /** What the answer had to do without, and the name of what was thrown. */
  without?: string[]
  passages?: number
  cited?: number
  stopReason?: string
  inputTokens?: number
  outputTokens?: number
  firstTokenMs?: number
}

const NOTHING_SEARCHED: Searched = { passages: [], summary: '', leftOut: [], without: [] }

/**
 * Answers one turn: the order of the work, from the claim to the last write. Throws where the claim cannot be made or
 * the reply cannot be closed, so that what Lambda leaves behind reaches `apologize`.
 */
export async function answer(turn: Turn, invocation: Invocation, d: AnswerDeps): Promise<Report> {
  const claim = await d.turns.claim(turn, { requestId: invocation.requestId, leaseMs: invocation.remainingMs })
  if (!claim) return { outcome: 'duplicate' }
  const begunAt = d.clock.now()

  const reply = d.openReply(turn, { id: 'thread', title: 'Reading the thread' })
  // Only an apology needs it, should this process be killed.
  const noted = reply.opened.then((ts) => (ts === undefined ? undefined : d.turns.opened(claim, ts))).catch(() => undefined)
  const report: Report = { outcome: 'answered' }
  let sources: NumberedPassage[] = []
  let shown = false
  const show = (markdown: string): void => {
    shown ||= markdown.trim() !== ''
    reply.write(markdown)
  }
  try {
    const leftOut: string[] = []
    const without: string[] = []
    const threadRead = d.readThread(turn).catch((error: unknown): ThreadMessage[] => {
      leftOut.push('I could not read the thread, so this rests on your question alone.')
      without.push(`thread: ${error instanceof Error ? error.name : typeof error}`)
      return []
    })
    // The first message of a thread stands alone, so the search need not wait for the thread.
    const query = turn.ts === turn.threadTs ? toQuery(turn, []) : threadRead.then((thread) => toQuery(turn, thread))
    const searching = Promise.resolve(query).then((text) =>
      text === '' ? NOTHING_SEARCHED : (d.search?.(text, invocation.deadline) ?? NOTHING_SEARCHED),
    )
    const thread = await threadRead
    reply.step('thread', thread.length > 1 ? `Read the thread: ${thread.length} messages` : 'Read the question')
    const [names, searched] = await Promise.all([d.readPeople(thread), searching])
    if (searched.summary !== '') reply.step('search', searched.summary)
    leftOut.push(...searched.leftOut)
    without.push(...searched.without)
    if (without.length > 0) report.without = without
    report.passages = searched.passages.length

    const { identity } = d.assistant
    const prompt = toPrompt({
      question: toPlain(turn.text, names, turn.botUserId),
      asker: names.get(turn.userId) ?? 'Somebody',
      history: toHistory(thread, turn, names),
      passages: searched.passages,
      hasKnowledge: d.search !== undefined,
      assistant: identity,
      today: new Date(d.clock.now()).toISOString().slice(0, 10),
    })
    const allowed = allowedIn(turn, thread, searched.passages, [identity.instructions, identity.support])
    const citations = createCitations(searched.passages, allowed)
    try {
      for await (const delta of d.converse(prompt, invocation.deadline)) {
        if (delta.kind === 'text') {
          report.firstTokenMs ??= d.clock.now() - begunAt
          show(citations.push(delta.text))
          continue
        }
        const { stopReason, inputTokens, outputTokens, guardrail } = delta
        Object.assign(report, { stopReason, inputTokens, outputTokens })
        if (stopReason === 'max_tokens') leftOut.push('The answer was getting too long, so it ends here.')
        if (guardrail) leftOut.push(guardrailSentence(guardrail))
        if (guardrail) report.outcome = 'guardrail'
      }
    } finally {
      show(citations.end())
      sources = citations.cited()
    }
    // A model can end without a word, or with nothing but what may not be shown.
    if (!shown && report.outcome === 'answered') throw new Failure('model_failed')
    if (report.outcome === 'answered' && citations.notFound()) report.outcome = 'not_found'
    for (const note of leftOut) reply.write(`\n\n_${note}_`)
  } catch (error) {
    const failure = asFailure(error)
    report.outcome = 'failed'
    report.failure = failure.kind
    if (failure.cause instanceof Error) report.cause = failure.cause.name
    const said = sentence(failure, { support: d.assistant.identity.support, reference: invocation.reference })
    reply.write(shown ? `\n\n_${said}_` : said)
  }
  report.cited = sources.length
  await reply.close(sources)
  await noted
  await d.turns.finish(claim, report.outcome === 'failed' ? 'failed' : 'answered')
  return report
}
