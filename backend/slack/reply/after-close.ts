import { type CallOf, type Decision, NOTHING_TAKEN } from './decision.ts'
import type { CloseResult, Message, Post } from './message.ts'
import { continueByUpdates, type ReplyState } from './reply-state.ts'

/** A message that text follows was closed. */
export function afterClose(
  before: ReplyState,
  { message, taken }: CallOf<'close'>,
  { outcome, missing }: CloseResult,
): Decision {
  const closed: Message = { ...message, unconfirmed: missing }
  const state = { ...before, previous: closed }
  if (outcome === 'unclear' || outcome === 'stuck')
    return resume({ ...state, unclosed: [...state.unclosed, closed] }, taken)
  if (missing === '') return resume(state, taken)
  return { state, next: { kind: 'post missing', text: missing, ...(taken !== undefined && { taken }) } }
}

/** The text that a closed message lacked was posted in a message of its own. */
export function afterPostMissing(state: ReplyState, { taken }: CallOf<'post missing'>, post: Post): Decision {
  return resume({ ...state, previous: post, parts: post.part + 1 }, taken)
}

function resume(state: ReplyState, taken: number | undefined): Decision {
  return { state, next: taken === undefined ? { kind: 'plan again' } : { kind: 'return', taken } }
}

/** If the turn is not ours any more, `apologize` has ended the stream: an update would erase its words. */
export function afterClaimCheck(
  state: ReplyState,
  { stream }: CallOf<'check claim'>,
  holdsClaim: boolean,
): Decision {
  if (holdsClaim) return { state, next: { kind: 'stop', stream } }
  const error = new Error("the turn is another process's")
  return { state, next: { kind: 'fail', error }, interrupt: 'taken' }
}

/** A stream that ended unasked was stopped. If Slack holds it all the same, the first update will say so. */
export function afterStop(state: ReplyState, { stream }: CallOf<'stop'>, { missing }: CloseResult): Decision {
  return {
    state: continueByUpdates(state, { ...stream, unconfirmed: missing }, 'updating'),
    next: NOTHING_TAKEN,
  }
}
