import type { Assistant } from '../assistant.ts'
import type { Clock } from '../clock.ts'
import { startDeadline } from '../deadline.ts'
import { asFailure, Failure, sentence } from '../failure.ts'
import type { Command, Retry, Turn } from '../handoff.ts'
import { type Interruption, interruptionOf } from '../interruption.ts'
import type { Converse } from '../prompt/model.ts'
import type { Search } from '../prompt/search.ts'
import { lateNote, limitSentence, STOPPED, STOPPED_BEFORE } from '../sentences.ts'
import type { Claim } from '../turn-record.ts'
import { accept, openPlace } from './accept.ts'
import type { Claims } from './claims.ts'
import { gather, type Limits, type ThreadReader } from './gather.ts'
import { type Question, toQuestion } from './question.ts'
import type { Footer, Replies, Reply } from './replies.ts'
import type { Report } from './report.ts'
import { type StreamResult, streamAnswer } from './stream-answer.ts'
import { monitorTurn } from './turn-monitor.ts'

/** Dependencies of `answer`; wire.ts provides them. */
export interface AnswerDeps {
  claims: Claims
  limits: Limits
  replies: Replies
  thread: ThreadReader
  /** Absent if there is no knowledge base. */
  search?: Search
  model: { converse: Converse }
  assistant: Assistant
  clock: Clock
}

/** The invocation that answers. */
export interface Invocation {
  requestId: string
  /** Shown to the person with a failure. It finds the log line of the turn. */
  reference: string
  /** When Lambda ends it, in milliseconds of the Unix epoch. */
  endsAt: number
}

/**
 * Answers one turn. From the claim to the last write a monitor looks for Stop and shows that this process is
 * alive. Throws if the claim cannot be made or the reply cannot be closed: then Lambda leaves a record for
 * `apologize`.
 */
export async function answer(
  handoff: Turn | Command | Retry,
  invocation: Invocation,
  d: AnswerDeps,
): Promise<Report> {
  const accepted = await accept(handoff, invocation, d)
  if (accepted.outcome !== 'claimed') return accepted
  const { claim } = accepted
  let { place } = accepted
  const turn = new AbortController()
  const interrupt = (reason: Interruption): void => turn.abort(reason)
  const endMonitor = monitorTurn(() => d.claims.poll(claim, place), interrupt, d.clock)
  const cancelDeadline = startDeadline(invocation.endsAt - d.clock.now(), () => interrupt('deadline'))
  try {
    if (handoff.kind === 'command') place = await openPlace(handoff, claim, d)
    if (!place) return { outcome: 'unreachable' }
    const question = toQuestion(claim, place, handoff)
    return await answerQuestion(question, { claim, signal: turn.signal, interrupt, ...invocation }, d)
  } finally {
    endMonitor()
    cancelDeadline()
  }
}

interface ClaimedTurn extends Invocation {
  claim: Claim
  /** Aborted by `interrupt`, with the reason that came first. */
  signal: AbortSignal
  interrupt(reason: Interruption): void
}

/** The order of the work, from the first step that the person sees to the last write. */
async function answerQuestion(question: Question, turn: ClaimedTurn, d: AnswerDeps): Promise<Report> {
  const { claim, signal, endsAt, interrupt } = turn
  const firstStep = { id: 'thread', title: 'Reading the thread' }
  const reply = d.replies.open(question, claim, { firstStep, endsAt, interrupt })
  const late = lateNote(question.receivedAt, d.clock.now(), claim.attempt)
  if (late !== undefined) reply.say(`_${late}_\n\n`)

  const result = await gatherAndStream(question, { claim, reply, signal }, d)
  const { outcome, failure, lastWords } = conclude(result, turn, d.assistant.identity.support)
  if (lastWords !== undefined) reply.say(lastWords)
  const report: Report = {
    ...result.measures,
    outcome,
    attempt: claim.attempt,
    cited: result.sources.length,
    ...(failure && { failure: failure.kind }),
    ...(failure?.cause instanceof Error && { cause: failure.cause.name }),
  }

  const footer = { sources: result.sources, offer: offerOf(outcome, failure) }
  const loss = lossOf(signal) ?? (await close(reply, footer, signal))
  const refused = reply.refused()
  if (refused.length > 0) report.refused = refused
  if (loss) {
    await reply.abandon()
    if (loss === 'gone') await d.claims.finish(claim, 'failed', result.shownIds)
    return { ...report, outcome: loss === 'gone' ? 'unreachable' : 'taken_over' }
  }
  const firstTextAt = reply.firstTextAt()
  if (firstTextAt !== undefined && result.hasText) report.firstTextMs = firstTextAt - claim.claimedAt
  const holds = await d.claims.finish(claim, STATES[outcome] ?? 'answered', result.shownIds)
  return holds ? report : { ...report, outcome: 'taken_over' }
}

type TurnResult = Omit<StreamResult, 'outcome'> & { outcome: StreamResult['outcome'] | 'limited' }

/** Never rejects: the result holds the failure. */
async function gatherAndStream(
  question: Question,
  target: { claim: Claim; reply: Reply; signal: AbortSignal },
  d: AnswerDeps,
): Promise<TurnResult> {
  const nothing = { hasText: false, sources: [], shownIds: [], measures: {} }
  try {
    const gathered = await gather(question, target.reply, target.signal, d)
    if (gathered.outcome === 'gathered') return await streamAnswer(question, gathered.material, target, d)
    target.reply.say(limitSentence(gathered.reached))
    return { outcome: 'limited', ...nothing }
  } catch (error) {
    return { outcome: 'failed', failure: asFailure(error), ...nothing }
  }
}

/** Decides how the turn ends, and what the person reads last if the answer breaks off. */
function conclude(
  { outcome, failure, hasText }: TurnResult,
  { signal, reference }: ClaimedTurn,
  support: string,
): { outcome: Report['outcome']; failure?: Failure; lastWords?: string } {
  if (!failure || lossOf(signal)) return { outcome }
  const interruption = interruptionOf(signal)
  if (interruption === 'stopped')
    return { outcome: 'stopped', lastWords: hasText ? `\n\n_${STOPPED}_` : `_${STOPPED_BEFORE}_` }
  const told = interruption === 'deadline' ? new Failure('out_of_time', { cause: failure.cause }) : failure
  const sorry = sentence(told, { support, reference })
  return { outcome: 'failed', failure: told, lastWords: hasText ? `\n\n_${sorry}_` : sorry }
}

/** The thread is gone, or `apologize` took this turn over: either way we write nothing more. */
type Loss = Extract<Interruption, 'gone' | 'taken'>

function lossOf(signal: AbortSignal): Loss | undefined {
  const interruption = interruptionOf(signal)
  return interruption === 'gone' || interruption === 'taken' ? interruption : undefined
}

/**
 * Undefined if the reply is closed. If the turn was interrupted before, the signal does not show a loss at
 * the close.
 */
async function close(reply: Reply, footer: Footer, signal: AbortSignal): Promise<Loss | undefined> {
  try {
    const outcome = await reply.close(footer)
    return outcome === 'closed' ? undefined : outcome
  } catch (error) {
    const loss = lossOf(signal)
    if (loss === undefined) throw error
    return loss
  }
}

/** Buttons below the reply. */
function offerOf(outcome: Report['outcome'], failure: Failure | undefined): Footer['offer'] {
  if (failure) return failure.canRetry ? 'retry' : 'nothing'
  return OFFERS[outcome] ?? 'thumbs'
}

/** By outcome; every other outcome gets thumbs. */
const OFFERS: Partial<Record<Report['outcome'], Footer['offer']>> = { stopped: 'nothing', limited: 'retry' }

/** Stored state by outcome; every other outcome is `answered`. */
const STATES: Partial<Record<Report['outcome'], 'failed' | 'stopped'>> = {
  failed: 'failed',
  stopped: 'stopped',
  limited: 'failed',
}
