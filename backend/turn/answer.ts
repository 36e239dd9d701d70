import type { Assistant } from '../assistant.ts'
import type { Clock } from '../clock.ts'
import { startDeadline } from '../deadline.ts'
import { asFailure, Failure, sentence } from '../failure.ts'
import type { Command, Retry, Turn } from '../handoff.ts'
import { type Interruption, interruptionOf } from '../interruption.ts'
import type { NumberedPassage } from '../prompt/passage.ts'
import type { Search } from '../prompt/search.ts'
import { lateNote, limitSentence, STOPPED, STOPPED_BEFORE } from '../sentences.ts'
import type { Claim, Place, TurnState } from '../turn-record.ts'
import { type AcceptDeps, accept, openPlace } from './accept.ts'
import { type GatherDeps, gather } from './gather.ts'
import { type Question, toQuestion } from './question.ts'
import type { Report } from './report.ts'
import { type StreamDeps, type StreamResult, streamAnswer } from './stream-answer.ts'
import { monitorTurn } from './turn-monitor.ts'

/** What answering needs; wire.ts knows who provides it. */
export interface AnswerDeps extends AcceptDeps, GatherDeps, StreamDeps {
  turns: AcceptDeps['turns'] & {
    poll(claim: Claim, place: Place | undefined): Promise<{ stopped: boolean; holds: boolean }>
    finish(claim: Claim, state: Exclude<TurnState, 'claimed'>, passages: readonly string[]): Promise<boolean>
  }
  slack: AcceptDeps['slack'] &
    GatherDeps['slack'] & {
      openReply(
        question: Question,
        claim: Claim,
        opening: {
          firstStep: { id: string; title: string }
          endsAt: number
          interrupt(reason: Interruption): void
        },
      ): Reply
    }
  search?: Search
  assistant: Assistant
  clock: Clock
}

interface Reply {
  step(id: string, title: string, status?: 'in_progress' | 'complete'): void
  say(markdown: string): void
  close(ending: {
    sources: readonly NumberedPassage[]
    offer: 'thumbs' | 'retry' | 'nothing'
  }): Promise<'closed' | 'gone' | 'taken'>
  abandon(): Promise<void>
  firstTextAt(): number | undefined
}

/** The invocation that answers. `reference` is what the person is given, to find its log line. */
export interface Invocation {
  requestId: string
  reference: string
  /** When Lambda ends it, in milliseconds of the Unix epoch. */
  endsAt: number
}

/**
 * Answers one turn. From the claim to the last write we poll whether it is to be stopped, and show that this process
 * lives. Throws if the claim cannot be made or the reply cannot be closed, so that Lambda leaves a record and
 * `apologize` reads it.
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
  const turn = new AbortController()
  const interrupt = (reason: Interruption): void => turn.abort(reason)
  const endMonitor = monitorTurn(() => d.turns.poll(claim, place), interrupt, d.clock)
  const cancelDeadline = startDeadline(invocation.endsAt - d.clock.now(), () => interrupt('deadline'))
  try {
    if (asked.kind === 'command') place = await openPlace(asked, claim, d)
    if (!place) return { outcome: 'unreachable' }
    const question = toQuestion(claim, place, asked)
    return await answerIn(question, { claim, signal: turn.signal, interrupt, ...invocation }, d)
  } finally {
    endMonitor()
    cancelDeadline()
  }
}

interface RunningTurn extends Invocation {
  claim: Claim
  /** Aborted by `interrupt`, with the reason that came first. */
  signal: AbortSignal
  interrupt(reason: Interruption): void
}

/** The order of the work, from the first step that the person sees to the last write. */
async function answerIn(question: Question, turn: RunningTurn, d: AnswerDeps): Promise<Report> {
  const { claim, signal } = turn
  const reply = d.slack.openReply(question, claim, {
    firstStep: { id: 'thread', title: 'Reading the thread' },
    endsAt: turn.endsAt,
    interrupt: turn.interrupt,
  })
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
  const footer = { sources: result.sources, offer: OFFERS[outcome] ?? ('thumbs' as const) }
  const lost = lossOf(signal) ?? (await close(reply, footer, signal))
  if (lost) {
    await reply.abandon()
    if (lost === 'gone') await d.turns.finish(claim, 'failed', result.shownIds)
    return { ...report, outcome: lost === 'gone' ? 'unreachable' : 'taken_over' }
  }
  const firstTextAt = reply.firstTextAt()
  if (firstTextAt !== undefined && result.hasText) report.firstTextMs = firstTextAt - claim.claimedAt
  const held = await d.turns.finish(claim, STATES[outcome] ?? 'answered', result.shownIds)
  return held ? report : { ...report, outcome: 'taken_over' }
}

type TurnResult = Omit<StreamResult, 'outcome'> & { outcome: StreamResult['outcome'] | 'limited' }

/** Never rejects: the result says what broke. */
async function gatherAndStream(
  question: Question,
  target: { claim: Claim; reply: Reply; signal: AbortSignal },
  d: AnswerDeps,
): Promise<TurnResult> {
  const nothing = { hasText: false, sources: [], shownIds: [], measures: {} }
  try {
    const gathered = await gather(question, target.reply, target.signal, d)
    if (!('limit' in gathered)) return await streamAnswer(question, gathered, target, d)
    target.reply.say(limitSentence(gathered))
    return { outcome: 'limited', ...nothing }
  } catch (error) {
    return { outcome: 'answered', ...nothing, broke: asFailure(error) }
  }
}

/** How the turn ends, and what the person reads last if the answer broke off. */
function conclude(
  { outcome, broke, hasText }: TurnResult,
  { signal, reference }: RunningTurn,
  support: string,
): { outcome: Report['outcome']; failure?: Failure; lastWords?: string } {
  const interruption = interruptionOf(signal)
  if (!broke || interruption === 'gone' || interruption === 'taken') return { outcome }
  if (interruption === 'stopped')
    return { outcome: 'stopped', lastWords: hasText ? `\n\n_${STOPPED}_` : `_${STOPPED_BEFORE}_` }
  const failure = interruption === 'deadline' ? new Failure('out_of_time', { cause: broke.cause }) : broke
  const sorry = sentence(failure, { support, reference })
  return { outcome: 'failed', failure, lastWords: hasText ? `\n\n_${sorry}_` : sorry }
}

type Loss = 'gone' | 'taken'

/** `apologize` took this turn over, or the thread is gone: then we write nothing more. */
function lossOf(signal: AbortSignal): Loss | undefined {
  const interruption = interruptionOf(signal)
  return interruption === 'gone' || interruption === 'taken' ? interruption : undefined
}

/** Undefined if the reply is closed. The turn can be lost at the close too, also after another interruption. */
async function close(
  reply: Reply,
  footer: Parameters<Reply['close']>[0],
  signal: AbortSignal,
): Promise<Loss | undefined> {
  try {
    const outcome = await reply.close(footer)
    return outcome === 'closed' ? undefined : outcome
  } catch (error) {
    const lost = lossOf(signal)
    if (lost === undefined) throw error
    return lost
  }
}

/** What the reply offers below it; every other outcome gets thumbs. */
const OFFERS: Partial<Record<Report['outcome'], 'retry' | 'nothing'>> = {
  failed: 'retry',
  stopped: 'nothing',
  limited: 'retry',
}

/** Stored state by outcome; every other outcome is `answered`. */
const STATES: Partial<Record<Report['outcome'], 'failed' | 'stopped'>> = {
  failed: 'failed',
  stopped: 'stopped',
  limited: 'failed',
}
