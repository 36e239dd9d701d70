import { Failure, sentence } from '../failure.ts'
import type { Command, Retry, Turn } from '../handoff.ts'
import type { QuestionPlace, TurnRecord } from '../turn-record.ts'
import { sendNoDirectMessage } from './accept.ts'
import { placeOfTurn } from './question.ts'
import type { Replies } from './replies.ts'

/** Dependencies of `apologize`; wire.ts provides them. */
export interface ApologizeDeps {
  turns: AbandonedTurns
  replies: Pick<Replies, 'openThread' | 'sendEphemeral'>
  thread: AbandonedThread
  support: string
}

/**
 * The records of turns whose invocation Lambda gave up. Each call may be repeated. Throws what DynamoDB
 * throws.
 */
export interface AbandonedTurns {
  /**
   * Takes a turn over, so that no later delivery answers it. Undefined if there is nothing to say: the turn
   * belongs to another invocation, its owner is alive, it has ended, or another of Lambda's records is being
   * apologized for.
   */
  takeOver(
    turnId: string,
    place: QuestionPlace | undefined,
    failed: FailedInvocation,
  ): Promise<TurnRecord | undefined>
  /** Notes that an apology for this attempt is in the thread, or may be: no later call writes another. */
  markSpoken(turnId: string, attempt: number): Promise<void>
  /** Notes that the person knows how the turn ended. */
  markTold(turnId: string, state: 'answered' | 'failed', place: QuestionPlace): Promise<void>
}

export interface FailedInvocation {
  requestId: string
  /** The attempt that "Try again" was pressed under. */
  attempt?: number
  /** Id of Lambda's record; two deliveries under one request id leave two records. */
  apologyId: string
}

/**
 * Reads and writes the thread in place of a process that is gone. Each method throws if it could not do its
 * work.
 */
export interface AbandonedThread {
  inspect(turn: AbandonedTurn & { replyTs?: string }): Promise<ThreadState>
  /** Writes the sentence into the newest stream if there is one, else into a message of its own. */
  apologize(
    to: AbandonedTurn & { buttonAttempt: number; streams: readonly string[] },
    sentence: string,
  ): Promise<'told' | 'gone'>
  /** Leaves the agent session active. */
  setActive(place: QuestionPlace): Promise<void>
}

export interface AbandonedTurn {
  turnId: string
  attempt: number
  place: QuestionPlace
}

/** The state in which the lost process, or an earlier call of ours, has left the thread. */
export interface ThreadState {
  /** How the reply has ended. `gone`: there is no thread any more. */
  ended?: 'answered' | 'failed' | 'apologized' | 'gone'
  /** Streams of the turn that may still be open, the newest first. */
  streams: readonly string[]
}

/**
 * Deliveries of one record that wait for a thread that cannot be read; the next one apologizes without
 * reading it.
 */
export const THREAD_READS = 5

/**
 * Tells the thread of a turn that Lambda gave up on. Says nothing if another invocation has the turn, its
 * process is alive, or it has ended. Is called again for one record until it succeeds; throws what Slack and
 * DynamoDB throw.
 */
export async function apologize(
  handoff: Turn | Command | Retry,
  failed: { requestId: string; reference: string; recordId: string; receives: number },
  d: ApologizeDeps,
): Promise<'told' | 'nothing_to_say'> {
  const turnId = handoff.kind === 'retry' ? handoff.turnId : handoff.id
  const { requestId, recordId } = failed
  const record = await d.turns.takeOver(turnId, handoff.kind === 'turn' ? placeOfTurn(handoff) : undefined, {
    requestId,
    apologyId: recordId,
    ...(handoff.kind === 'retry' && { attempt: handoff.attempt }),
  })
  if (!record) return 'nothing_to_say'
  const place = record.place ?? (handoff.kind === 'command' ? await openThread(handoff, d) : undefined)
  if (!place && handoff.kind === 'command') {
    await sendNoDirectMessage(handoff, d.support, d.replies.sendEphemeral)
    return 'told'
  }
  // "Try again" on a record that has expired meanwhile.
  if (!place) return 'nothing_to_say'

  const { replyTs } = record
  const attempt = handoff.kind === 'retry' ? handoff.attempt + 1 : record.attempt
  const turn = { turnId, attempt, place }
  let isBlind = false
  const state: ThreadState =
    record.spokenAttempt === attempt
      ? { ended: 'apologized', streams: [] }
      : await d.thread
          .inspect({ ...turn, ...(replyTs !== undefined && { replyTs }) })
          .catch((error: unknown): ThreadState => {
            if (failed.receives <= THREAD_READS) throw error
            isBlind = true
            return { streams: replyTs === undefined ? [] : [replyTs] }
          })
  let { ended } = state
  if (!ended) {
    const sorry = sentence(new Failure('given_up'), { support: d.support, reference: failed.reference })
    const target = { ...turn, buttonAttempt: record.attempt, streams: state.streams }
    // Nobody can see afterwards if a blind apology was written, so there is one at most.
    if (isBlind) await d.turns.markSpoken(turnId, attempt)
    ended = (await d.thread.apologize(target, sorry)) === 'told' ? 'apologized' : 'gone'
    // Setting the session can fail, and must not make a later call speak again.
    if (ended === 'apologized' && !isBlind) await d.turns.markSpoken(turnId, attempt)
  }
  if (ended !== 'gone') await d.thread.setActive(place)
  await d.turns.markTold(turnId, ended === 'answered' ? 'answered' : 'failed', place)
  return ended === 'apologized' ? 'told' : 'nothing_to_say'
}

/** Undefined if we cannot write to the person. */
async function openThread(command: Command, d: ApologizeDeps): Promise<QuestionPlace | undefined> {
  const root = await d.replies.openThread(command, 'again')
  return (
    root && {
      channel: root.channel,
      threadTs: root.ts,
      ts: root.ts,
      userId: command.userId,
      userTeamId: command.teamId,
    }
  )
}
