import { TimedOut } from '../../deadline.ts'
import {
  areStepsRefused,
  isNotStreaming,
  isOutOfReach,
  isTooLong,
  isUnsupported,
} from '../api/error-codes.ts'
import type { WriteResult } from '../api/write-result.ts'
import { addContent, EMPTY_CONTENT } from './content.ts'
import { type CallOf, type Decision, NOTHING_TAKEN } from './decision.ts'
import { LEAST_LIMIT_BYTES } from './limits.ts'
import type { Message, Post, Stream } from './message.ts'
import { advance } from './plan-send.ts'
import { abandonMessage, closeSoon, continueByUpdates, type ReplyState, withoutSteps } from './reply-state.ts'

/** In milliseconds of the Unix epoch. A wait must end before `until`. */
export interface Time {
  now: number
  until: number
}

/** Slack refuses updates of a stream until it has closed it, which takes a few seconds. */
export const CONFLICT_WAIT_MS = 1_000
export const CONFLICT_LIMIT = 5

/**
 * Our wait if Slack asks for one beyond the end of the invocation. Slack limits by the minute, so such a wait
 * is hardly true, and the answer would be lost if we believed it.
 */
export const UNBELIEVED_WAIT_MS = 10_000

/** A stream was started. */
export function afterStart(
  state: ReplyState,
  { piece }: CallOf<'start'>,
  result: WriteResult<{ ts: string; openedAt: number }>,
  { now }: Time,
): Decision {
  if (result.outcome === 'done') {
    const content = addContent(EMPTY_CONTENT, piece.text, piece.steps)
    const stream: Stream = { kind: 'stream', part: state.parts, ...result.value, content, unconfirmed: '' }
    return withProof(state, advance(state, stream, piece, now))
  }
  if (result.outcome === 'wait') return { state: { ...state, mode: 'holding' }, next: NOTHING_TAKEN }
  const updating: Decision = { state: { ...state, mode: 'updating' }, next: NOTHING_TAKEN }
  if (result.outcome === 'unknown') return updating

  const { code } = result
  if (piece.steps.length > 0 && areStepsRefused(code))
    return { state: { ...state, stepsDoubted: true }, next: NOTHING_TAKEN }
  if (piece.text !== '' && isTooLong(code)) return halve(state)
  if (isOutOfReach(code)) return outOfReach(state, code)
  return isUnsupported(code) ? { ...updating, unsupported: 'streams' } : updating
}

/** A piece was appended to a stream. */
export function afterAppend(
  state: ReplyState,
  { stream, piece }: CallOf<'append'>,
  result: WriteResult<unknown>,
  time: Time,
): Decision {
  if (result.outcome === 'done' || result.outcome === 'unknown') {
    const content = addContent(stream.content, piece.text, piece.steps)
    const unconfirmed = stream.unconfirmed + (result.outcome === 'done' ? '' : piece.text)
    const appended = advance(state, { ...stream, content, unconfirmed }, piece, time.now)
    return result.outcome === 'done' ? withProof(state, appended) : appended
  }
  if (result.outcome === 'wait') {
    if (fits(result.waitMs, time)) return { state, next: { kind: 'wait', waitMs: result.waitMs } }
    // A post counts against another limit, so we can post the rest at the end.
    const unclosed = [...state.unclosed, stream]
    return { state: { ...abandonMessage(state, stream), mode: 'holding', unclosed }, next: NOTHING_TAKEN }
  }

  const { code } = result
  if (code === 'stopped_by_user') {
    const stopped = continueByUpdates(state, stream, 'stopped')
    return { state: stopped, next: NOTHING_TAKEN, interrupt: 'stopped' }
  }
  // A message that is gone says nothing about its thread.
  if (isOutOfReach(code) && !isNotStreaming(code)) return outOfReach(state, code)
  if (isTooLong(code)) return makeRoom(state, stream)
  if (piece.steps.length > 0 && areStepsRefused(code)) {
    const stepless = { ...withoutSteps(state, piece.steps), stepsDoubted: true }
    const rest = { ...piece, steps: [] }
    return rest.text === ''
      ? advance(stepless, stream, rest, time.now)
      : { state: stepless, next: { kind: 'append', stream, piece: rest } }
  }
  return { state, next: { kind: 'check claim', stream } }
}

/** A message was posted, or updated with its whole content. */
export function afterSet(
  state: ReplyState,
  { post, piece, closing }: CallOf<'set'>,
  result: WriteResult<string>,
  time: Time,
): Decision {
  const content = addContent(post.content, piece.text, piece.steps)
  const isPosted = post.ts !== undefined
  if (result.outcome === 'done') {
    const set: Post = { ...post, ts: result.value, content, unconfirmed: '', ...(closing && { closing }) }
    return advance(state, set, piece, time.now)
  }
  if (result.outcome === 'wait') return waitOrFail(state, result.waitMs, time)
  if (result.outcome === 'refused' && isTooLong(result.code)) return makeRoom(state, post)
  if (result.outcome === 'refused' && isOutOfReach(result.code) && !(isPosted && isNotStreaming(result.code)))
    return outOfReach(state, result.code)
  if (!isPosted) return { state, next: { kind: 'fail', error: result.error } }
  // The next update sets the whole content once more.
  if (result.outcome === 'unknown')
    return advance(state, { ...post, content, unconfirmed: post.unconfirmed + piece.text }, piece, time.now)
  if (result.code === 'streaming_state_conflict' && post.conflicts < CONFLICT_LIMIT) {
    const message = { ...post, conflicts: post.conflicts + 1 }
    return waitOrFail({ ...state, message }, CONFLICT_WAIT_MS, time)
  }
  // It can no longer be edited: the next message begins with what this one may lack.
  const abandoned = abandonMessage(state, post)
  const reopening = abandoned.reopening + post.unconfirmed
  return { state: { ...abandoned, reopening }, next: NOTHING_TAKEN }
}

/** The model's work would be for nobody: the turn ends. */
function outOfReach(state: ReplyState, code: string): Decision {
  const error = new Error(`there is no thread to write to: ${code}`)
  return { state, next: { kind: 'fail', error }, interrupt: 'gone' }
}

/** Slack has taken without steps what it refused with them. */
function withProof({ stepsDoubted }: ReplyState, decision: Decision): Decision {
  return stepsDoubted ? { ...decision, unsupported: 'steps' } : decision
}

function fits(waitMs: number, { now, until }: Time): boolean {
  return now + waitMs < until
}

function waitOrFail(state: ReplyState, waitMs: number, time: Time): Decision {
  for (const one of [waitMs, UNBELIEVED_WAIT_MS])
    if (fits(one, time)) return { state, next: { kind: 'wait', waitMs: one } }
  const error = new TimedOut('Slack asks to wait beyond the end of this invocation')
  return { state, next: { kind: 'fail', error } }
}

/** The message takes no more. If it is empty, Slack takes less than we know of. */
function makeRoom(state: ReplyState, message: Message): Decision {
  if (message.content.text === '') return halve(state)
  return { state: closeSoon(state, message), next: NOTHING_TAKEN }
}

function halve(state: ReplyState): Decision {
  const limitBytes = state.limitBytes / 2
  if (limitBytes >= LEAST_LIMIT_BYTES) return { state: { ...state, limitBytes }, next: NOTHING_TAKEN }
  return { state, next: { kind: 'fail', error: new Error('Slack takes no text, however short') } }
}
