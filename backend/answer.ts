import { type AcceptDeps, accept } from './accept.ts'
import type { Assistant } from './assistant.ts'
import type { Clock } from './clock.ts'
import { asFailure, sentence } from './failure.ts'
import { type GatherDeps, gather } from './gather.ts'
import type { Command, Retry, Turn } from './handoff.ts'
import { lateNote } from './late.ts'
import type { NumberedPassage } from './passage.ts'
import type { Question } from './question.ts'
import { type RelayDeps, relay, type Said } from './relay.ts'
import type { Report } from './report.ts'
import type { Search } from './search.ts'
import { limitSentence, STOPPED, STOPPED_BEFORE } from './sentences.ts'
import type { Claim, TurnState } from './turn-record.ts'
import { watch } from './watch.ts'

/** What answering needs; wire.ts knows who provides it. */
export interface AnswerDeps extends AcceptDeps, GatherDeps, RelayDeps {
  turns: AcceptDeps['turns'] & {
    pulse(claim: Claim, thread: { channel: string; threadTs: string }): Promise<{ stopped: boolean; holds: boolean }>
    finish(claim: Claim, state: Exclude<TurnState, 'claimed'>, passages: readonly string[]): Promise<void>
  }
  slack: AcceptDeps['slack'] &
    GatherDeps['slack'] & {
      openReply(question: Question, claim: Claim, opening: { firstStep: { id: string; title: string }; remainingMs: number }): Reply
    }
  search?: Search
  assistant: Assistant
  clock: Clock
}

interface Reply {
  readonly stopped: AbortSignal
  step(id: string, title: string, status?: 'in_progress' | 'complete'): void
  write(markdown: string): void
  close(ending: { sources: readonly NumberedPassage[]; offer: 'thumbs' | 'retry' | 'nothing' }): Promise<void>
  abandon(): void
  firstTextAt(): number | undefined
}

/** The invocation that answers. `reference` is what the person is given, to find its log line. */
export interface Invocation {
  requestId: string
  reference: string
  remainingMs: number
  deadline: AbortSignal
}

/**
 * Answers one turn: the order of the work, from the claim to the last write. Throws where the claim cannot be made or
 * the reply cannot be closed, so that what Lambda leaves behind reaches `apologize`.
 */
export async function answer(asked: Turn | Command | Retry, invocation: Invocation, d: AnswerDeps): Promise<Report> {
  const { requestId, remainingMs } = invocation
  const accepted = await accept(asked, { requestId, leaseMs: remainingMs }, d)
  if ('outcome' in accepted) return { outcome: accepted.outcome }
  const { claim, question } = accepted

  const reply = d.slack.openReply(question, claim, { firstStep: { id: 'thread', title: 'Reading the thread' }, remainingMs })
  const watched = watch(() => d.turns.pulse(claim, question), d.clock)
  const stopped = AbortSignal.any([reply.stopped, watched.stopped])
  const report: Report = { outcome: 'answered', attempt: claim.attempt }
  const said: Said = { anything: false, sources: [], shownIds: [] }
  try {
    const late = lateNote(question.receivedAt, d.clock.now())
    if (late !== undefined) {
      report.late = true
      reply.write(`_${late}_\n\n`)
    }
    const signal = AbortSignal.any([stopped, watched.lost, invocation.deadline])
    const gathered = await gather(question, reply, signal, d)
    if ('limit' in gathered) {
      report.outcome = 'limited'
      reply.write(limitSentence(gathered))
    } else await relay(question, gathered, { claim, reply, report, said, signal }, d)
  } catch (error) {
    if (stopped.aborted) {
      report.outcome = 'stopped'
      reply.write(said.anything ? `\n\n_${STOPPED}_` : `_${STOPPED_BEFORE}_`)
    } else {
      const failure = asFailure(error)
      report.outcome = 'failed'
      report.failure = failure.kind
      if (failure.cause instanceof Error) report.cause = failure.cause.name
      const sorry = sentence(failure, { support: d.assistant.identity.support, reference: invocation.reference })
      reply.write(said.anything ? `\n\n_${sorry}_` : sorry)
    }
  } finally {
    watched.end()
  }
  // Somebody has apologized for this turn, believing it dead: there is no second last word.
  if (watched.lost.aborted) {
    reply.abandon()
    return { ...report, outcome: 'taken_over' }
  }
  report.cited = said.sources.length
  await reply.close({ sources: said.sources, offer: OFFERS[report.outcome] ?? 'thumbs' })
  const firstTextAt = reply.firstTextAt()
  if (firstTextAt !== undefined && said.anything) report.firstTextMs = firstTextAt - claim.claimedAt
  await d.turns.finish(claim, STATES[report.outcome] ?? 'answered', said.shownIds)
  return report
}

/** What stands under a reply, where it is not thumbs. */
const OFFERS: Partial<Record<Report['outcome'], 'retry' | 'nothing'>> = { failed: 'retry', stopped: 'nothing', limited: 'nothing' }

/** What is kept of a turn, where it is not that it was answered. */
const STATES: Partial<Record<Report['outcome'], 'failed' | 'stopped'>> = { failed: 'failed', stopped: 'stopped' }
