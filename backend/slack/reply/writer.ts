import type { Footer, ReplyInterruption } from '../../turn/replies.ts'
import { retryRead } from '../api/own-messages.ts'
import { RateLimited, type WriteResult } from '../api/write-result.ts'
import { afterClaimCheck, afterClose, afterPostMissing, afterStop } from './after-close.ts'
import { afterAppend, afterSet, afterStart } from './after-write.ts'
import { closeAll, closeMessage, postMissing } from './close-messages.ts'
import { addContent, type Step } from './content.ts'
import type { Call, Decision } from './decision.ts'
import { APPEND_GAP_MS, UPDATE_GAP_MS } from './limits.ts'
import { planSend, type Send, sendableLength } from './plan-send.ts'
import { setPost } from './post.ts'
import type { ReplyContext } from './reply-context.ts'
import { NEW_REPLY, stepsInProgress, withStep, withStepsComplete } from './reply-state.ts'
import type { Session } from './session.ts'
import { appendToStream, startStream } from './stream.ts'

/** For a table that does not answer. After it we believe that the turn is still ours. */
export const CLAIM_CHECK_BUDGET_MS = 15_000

/** Writes one reply, call by call. plan-send.ts, after-write.ts and after-close.ts decide; this does. */
export interface Writer {
  /** Starts the stream, or finds out that there is none. Never rejects. */
  start(): Promise<void>
  /** Shown with the next text. */
  addStep(step: Step): void
  /** Completes the steps in progress. Returns true if people see one of them. */
  completeSteps(): boolean
  /** How many characters of the text may be sent now; all of them if it `isFinal`. */
  sendableLength(text: string, isFinal: boolean): number
  /** The least time between the beginnings of two sends. */
  gapMs(): number
  /**
   * Writes some of the text and resolves to how many characters; 0 if Slack has refused and we go on in
   * another way. With `footer` it is the end of the reply. Rejects with RateLimited if we must wait, else if
   * nobody would see the reply.
   */
  sendNext(text: string, footer: Footer | undefined): Promise<number>
  /** Closes all messages, the last one with the footer. Resolves to true if the session is active then. */
  close(footer: Footer): Promise<boolean>
  /** When people could read the first text, in milliseconds of the Unix epoch. */
  firstTextAt(): number | undefined
}

/** Slack streams to people only. A bot or a workflow that may ask us (B…) is none. */
function canReceiveStream(userId: string): boolean {
  return /^[UW]/.test(userId)
}

/** A send that calls `interrupt` with `gone` or `taken` also rejects. */
export function createWriter(
  context: ReplyContext,
  session: Session,
  interrupt: (reason: ReplyInterruption) => void,
): Writer {
  const { clock, unsupported, until } = context
  let state = NEW_REPLY

  async function send(what: Send): Promise<number> {
    let decision = plan(what)
    for (;;) {
      state = decision.state
      if (decision.unsupported) unsupported.add(decision.unsupported)
      if (decision.interrupt) interrupt(decision.interrupt)
      showProcessing()
      const { next } = decision
      switch (next.kind) {
        case 'return':
          return next.taken
        case 'wait':
          throw new RateLimited(next.waitMs)
        case 'fail':
          throw next.error
        case 'plan again':
          decision = plan(what)
          break
        default:
          decision = await perform(next)
      }
    }
  }

  const plan = (what: Send): Decision =>
    planSend(state, what, { now: clock.now(), stepsUnsupported: unsupported.has('steps') })

  /** Makes the call and decides by its result. Steps may come meanwhile: the state is read after the call. */
  async function perform(call: Call): Promise<Decision> {
    switch (call.kind) {
      case 'start': {
        const result = note('chat.startStream', await startStream(context, call.piece))
        return afterStart(state, call, result, time())
      }
      case 'append': {
        const result = note('chat.appendStream', await appendToStream(context, call.stream, call.piece))
        return afterAppend(state, call, result, time())
      }
      case 'set': {
        const { post, piece, closing } = call
        const content = addContent(post.content, piece.text, piece.steps)
        const result = await setPost(context, post, content, closing)
        return afterSet(state, call, result, time())
      }
      case 'close': {
        // One try: closeAll tries again later, because the text must not wait.
        const result = await closeMessage(context, call.message, undefined, clock.now())
        return afterClose(state, call, result)
      }
      case 'post missing': {
        const post = await postMissing(context, state.parts, call.text, undefined)
        return afterPostMissing(state, call, post)
      }
      case 'check claim': {
        const checkUntil = Math.min(until, clock.now() + CLAIM_CHECK_BUDGET_MS)
        const holds = await retryRead({ clock, until: checkUntil }, context.holdsClaim).catch(() => true)
        return afterClaimCheck(state, call, holds)
      }
      case 'stop': {
        const result = await closeMessage(context, call.stream, undefined, clock.now())
        return afterStop(state, call, result)
      }
    }
  }

  const time = () => ({ now: clock.now(), until })

  function note<T>(method: string, result: WriteResult<T>): WriteResult<T> {
    if (result.outcome === 'refused') context.refusals.note(method, result.code)
    return result
  }

  /** Slack shows by itself that a stream is being written. */
  function showProcessing(): void {
    if (state.mode === 'updating' || state.mode === 'holding') session.setProcessing()
  }

  return {
    async start() {
      if (unsupported.has('streams') || !canReceiveStream(context.to.userId)) {
        state = { ...state, mode: 'updating' }
        showProcessing()
      }
      // An error comes up again in the next send.
      else await send({ text: '', footer: undefined }).catch(() => undefined)
    },
    addStep(step) {
      state = withStep(state, step)
    },
    completeSteps() {
      const isShown = state.message !== undefined && stepsInProgress(state).length > 0
      state = withStepsComplete(state)
      return isShown
    },
    sendableLength: (text, isFinal) => sendableLength(state, text, isFinal, clock.now()),
    gapMs: () => (state.mode === 'updating' ? UPDATE_GAP_MS : APPEND_GAP_MS),
    sendNext: (text, footer) => send({ text, footer }),
    close: (footer) => closeAll(context, state, footer),
    firstTextAt: () => state.firstTextAt,
  }
}
