import type { Assistant } from '../assistant.ts'
import type { Clock } from '../clock.ts'
import { asFailure, sentence } from '../failure.ts'
import type { Command, Retry, Turn } from '../handoff.ts'
import type { NumberedPassage } from '../prompt/passage.ts'
import type { Search } from '../prompt/search.ts'
import { lateNote, limitSentence, STOPPED, STOPPED_BEFORE } from '../sentences.ts'
import type { Claim, Place, TurnState } from '../turn-record.ts'
import { type AcceptDeps, accept, openPlace } from './accept.ts'
import { type GatherDeps, gather } from './gather.ts'
import { type Question, toQuestion } from './question.ts'
import type { Report } from './report.ts'
import { type RelayDeps, relay, type Said } from './stream-answer.ts'
import { type Watch, watch } from './turn-monitor.ts'

/** What answering needs; wire.ts knows who provides it. */
export interface AnswerDeps extends AcceptDeps, GatherDeps, RelayDeps {
  turns: AcceptDeps['turns'] & {
    pulse(claim: Claim, place: Place | undefined): Promise<{ stopped: boolean; holds: boolean }>
    finish(claim: Claim, state: Exclude<TurnState, 'claimed'>, passages: readonly string[]): Promise<boolean>
  }
  slack: AcceptDeps['slack'] &
    GatherDeps['slack'] & {
      openReply(
        question: Question,
        claim: Claim,
        opening: { firstStep: { id: string; title: string }; endsAt: number },
      ): Reply
    }
  search?: Search
  assistant: Assistant
  clock: Clock
}

interface Reply {
  readonly stopped: AbortSignal
  readonly gone: AbortSignal
  readonly taken: AbortSignal
  step(id: string, title: string, status?: 'in_progress' | 'complete'): void
  write(markdown: string): void
  close(ending: { sources: readonly NumberedPassage[]; offer: 'thumbs' | 'retry' | 'nothing' }): Promise<void>
  abandon(): Promise<void>
  firstTextAt(): number | undefined
}

/** The invocation that answers. `reference` is what the person is given, to find its log line. */
export interface Invocation {
  requestId: string
  reference: string
  /** When Lambda ends it, in milliseconds of the Unix epoch. */
  endsAt: number
  /** Fires while there is still time to close the message. */
  deadline: AbortSignal
}

/**
 * Answers one turn. From the claim to the last write somebody watches it: whether it is to be stopped, and whether it
 * lives. Throws where the claim cannot be made or the reply cannot be closed, so that what Lambda leaves behind reaches
 * `apologize`.
 */
export async function answer(
  asked: Turn | Command | Retry,
  invocation: Invocation,
  d: AnswerDeps,
): Promise<Report> {
  const accepted = await accept(asked, invocation, d)
  if ('outcome' in accepted) return accepted
  const { claim } = accepted
  let { place } = accepted
  const watched = watch(() => d.turns.pulse(claim, place), d.clock)
  try {
    if (asked.kind === 'command') place = await openPlace(asked, claim, d)
    return place
      ? await answerIn(toQuestion(claim, place, asked), claim, watched, invocation, d)
      : { outcome: 'unreachable' }
  } finally {
    watched.end()
  }
}

/** The order of the work, from the first step that the person sees to the last write. */
async function answerIn(
  question: Question,
  claim: Claim,
  watched: Watch,
  invocation: Invocation,
  d: AnswerDeps,
): Promise<Report> {
  const reply = d.slack.openReply(question, claim, {
    firstStep: { id: 'thread', title: 'Reading the thread' },
    endsAt: invocation.endsAt,
  })
  const stopped = AbortSignal.any([reply.stopped, watched.stopped])
  const taken = AbortSignal.any([reply.taken, watched.lost])
  const signal = AbortSignal.any([stopped, reply.gone, taken, invocation.deadline])
  const report: Report = { outcome: 'answered', attempt: claim.attempt }
  const said: Said = { anything: false, sources: [], shownIds: [] }
  try {
    const late = lateNote(question.receivedAt, d.clock.now(), claim.attempt)
    if (late !== undefined) reply.write(`_${late}_\n\n`)
    const gathered = await gather(question, reply, signal, d)
    if ('limit' in gathered) {
      report.outcome = 'limited'
      reply.write(limitSentence(gathered))
    } else await relay(question, gathered, { claim, reply, report, said, signal }, d)
  } catch (error) {
    reply.write(
      lastWords(error, { stopped: stopped.aborted, report, said, reference: invocation.reference }, d),
    )
  }
  report.cited = said.sources.length
  const isOver = (): boolean => taken.aborted || reply.gone.aborted
  if (!isOver()) {
    await reply
      .close({ sources: said.sources, offer: OFFERS[report.outcome] ?? 'thumbs' })
      .catch((error: unknown) => {
        if (!isOver()) throw error
      })
  }
  // Somebody has apologized for this turn, believing it dead; or the thread is gone. There is no last word, or nobody to hear it.
  if (isOver()) {
    await reply.abandon()
    if (!taken.aborted) await d.turns.finish(claim, 'failed', said.shownIds)
    return { ...report, outcome: taken.aborted ? 'taken_over' : 'unreachable' }
  }
  const firstTextAt = reply.firstTextAt()
  if (firstTextAt !== undefined && said.anything) report.firstTextMs = firstTextAt - claim.claimedAt
  const held = await d.turns.finish(claim, STATES[report.outcome] ?? 'answered', said.shownIds)
  return held ? report : { ...report, outcome: 'taken_over' }
}

/** What stands under a reply, where it is not thumbs. */
const OFFERS: Partial<Record<Report['outcome'], 'retry' | 'nothing'>> = {
  failed: 'retry',
  stopped: 'nothing',
  limited: 'retry',
}

/** What is kept of a turn, where it is not that it was answered. */
const STATES: Partial<Record<Report['outcome'], 'failed' | 'stopped'>> = {
  failed: 'failed',
  stopped: 'stopped',
  limited: 'failed',
}

/** What the person reads where the answer ends before its end; noted in the report. */
function lastWords(
  error: unknown,
  { stopped, report, said, reference }: { stopped: boolean; report: Report; said: Said; reference: string },
  { assistant }: Pick<AnswerDeps, 'assistant'>,
): string {
  if (stopped) {
    report.outcome = 'stopped'
    return said.anything ? `\n\n_${STOPPED}_` : `_${STOPPED_BEFORE}_`
  }
  const failure = asFailure(error)
  Object.assign(report, {
    outcome: 'failed',
    failure: failure.kind,
    ...(failure.cause instanceof Error && { cause: failure.cause.name }),
  })
  const sorry = sentence(failure, { support: assistant.identity.support, reference })
  return said.anything ? `\n\n_${sorry}_` : sorry
}
