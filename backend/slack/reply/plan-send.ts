import { showable } from '../../markdown/showable.ts'
import type { Footer } from '../../turn/replies.ts'
import { addContent } from './content.ts'
import { type Call, type Decision, NOTHING_TAKEN, type Piece } from './decision.ts'
import { cutFor, isTooOld, stateAt } from './limits.ts'
import { type Closing, type Message, newPost } from './message.ts'
import { positionOf, type ReplyState, withoutSteps } from './reply-state.ts'

/** The text that is gathered, and what goes below the reply if no more text follows. */
export interface Send {
  text: string
  footer: Footer | undefined
}

/** How many characters of the gathered text may be sent now; all of them if it `isFinal`. */
export function sendableLength(state: ReplyState, text: string, isFinal: boolean, now: number): number {
  if (holdsText(state) && !isFinal) return 0
  const position = positionOf(state)
  if (isFinal || isTooOld(position.message, now)) return text.length
  return showable(stateAt(position), text)
}

function holdsText({ mode }: ReplyState): boolean {
  return mode === 'holding' || mode === 'stopped'
}

/** Decides how a text is written, from what has been written before. */
export function planSend(
  before: ReplyState,
  { text, footer }: Send,
  { now, stepsUnsupported }: { now: number; stepsUnsupported: boolean },
): Decision {
  const isStepless = before.mode === 'streaming' && (stepsUnsupported || before.stepsDoubted)
  const state = isStepless ? { ...before, steps: [] } : before
  const { message, steps } = state
  if ((holdsText(state) && !footer) || (text === '' && steps.length === 0))
    return { state, next: NOTHING_TAKEN }
  if (state.isFull && message) return closeNow(state, message)
  // A new message with nothing but steps would repeat what the one before shows.
  if (footer && text === '' && !message && state.previous) return { state, next: NOTHING_TAKEN }

  const cut = cutFor(positionOf(state), text, steps, { limitBytes: state.limitBytes, now })
  const taken = cut?.at ?? text.length
  const opening = message?.content.text ? '' : state.reopening
  const piece = { text: opening + text.slice(0, taken) + (cut?.closing ?? ''), steps, taken, cut }
  if (piece.text === '' && steps.length === 0) return advance(state, message, piece, now)
  if (message?.kind === 'post' && message.isHeld) {
    const content = addContent(message.content, piece.text, piece.steps)
    const held = { ...message, content, unconfirmed: message.unconfirmed + piece.text }
    return advance(state, held, piece, now)
  }
  return { state, next: callFor(state, piece, cut ? { footer: undefined } : footer && { footer }) }
}

function callFor({ mode, message, parts }: ReplyState, piece: Piece, closing: Closing | undefined): Call {
  if (message?.kind === 'stream') return { kind: 'append', stream: message, piece }
  if (!message && mode === 'streaming') return { kind: 'start', piece }
  return { kind: 'set', post: message ?? newPost(parts), piece, closing }
}

/** Goes on after a piece is written. `message` is the one that has it. */
export function advance(
  before: ReplyState,
  message: Message | undefined,
  piece: Piece,
  now: number,
): Decision {
  const { text, steps, taken, cut } = piece
  const state: ReplyState = {
    ...withoutSteps(before, steps),
    message,
    isFull: cut !== undefined,
    reopening: cut?.reopening ?? '',
    parts: Math.max(before.parts, (message?.part ?? -1) + 1),
    firstTextAt: before.firstTextAt ?? (text.trim() === '' ? undefined : now),
  }
  // More text may take long to come, and meanwhile Slack would end the stream.
  if (state.isFull && message && isTooOld(message, now)) return closeNow(state, message, taken)
  return { state, next: { kind: 'return', taken } }
}

/** Closes a message that text follows. Without `taken` the send is planned again afterwards. */
function closeNow(state: ReplyState, message: Message, taken?: number): Decision {
  return {
    state: { ...state, message: undefined, isFull: false, previous: message },
    next: { kind: 'close', message, ...(taken !== undefined && { taken }) },
  }
}
