import { reopeningFor } from '../../markdown/cut.ts'
import type { Step } from './content.ts'
import { SEGMENT_LIMIT_BYTES, type WritePosition } from './limits.ts'
import { type Message, postFrom, type Stream } from './message.ts'

/** Everything that a reply's next write depends on. */
export interface ReplyState {
  /**
   * `streaming`: appends to a stream. `updating`: sets whole messages. `holding`: posts the rest when all of
   * it is known. `stopped`: the person pressed Stop; only the closing sentence is left to post.
   */
  readonly mode: 'streaming' | 'updating' | 'holding' | 'stopped'
  /** The message that we write to. Absent: the next text begins a new one. */
  readonly message: Message | undefined
  /** The message takes no more: we close it before the next write. */
  readonly isFull: boolean
  /** Written before the first text of the next message: reopens what the cut before it has closed. */
  readonly reopening: string
  /** Steps that people do not see yet. */
  readonly steps: readonly Step[]
  /** Slack has refused something with steps: this reply sends none, until we know whether they were the cause. */
  readonly stepsDoubted: boolean
  /** Number of messages so far. */
  readonly parts: number
  /** The most that we put into one message. */
  readonly limitBytes: number
  /** The message before this one; the last of the reply if nothing follows. */
  readonly previous: Message | undefined
  /** Messages that Slack has not let us close yet. */
  readonly unclosed: readonly Message[]
  /** When people could read the first text, in milliseconds of the Unix epoch. */
  readonly firstTextAt: number | undefined
}

export const NEW_REPLY: ReplyState = {
  mode: 'streaming',
  message: undefined,
  isFull: false,
  reopening: '',
  steps: [],
  stepsDoubted: false,
  parts: 0,
  limitBytes: SEGMENT_LIMIT_BYTES,
  previous: undefined,
  unclosed: [],
  firstTextAt: undefined,
}

/** The place that the next text is written to. */
export function positionOf({ message, isFull, reopening }: ReplyState): WritePosition {
  return { message: isFull ? undefined : message, reopening }
}

/** A later state of a step replaces the earlier one. */
export function withStep(state: ReplyState, step: Step): ReplyState {
  return { ...state, steps: [...state.steps.filter(({ id }) => id !== step.id), step] }
}

/** Other steps may have come while `sent` were on their way. */
export function withoutSteps(state: ReplyState, sent: readonly Step[]): ReplyState {
  return { ...state, steps: state.steps.filter((step) => !sent.includes(step)) }
}

/** Completes the steps that are in progress, when the work is over. */
export function withStepsComplete(state: ReplyState): ReplyState {
  const inProgress = stepsInProgress(state)
  return {
    ...state,
    steps: [
      ...state.steps.filter((step) => !inProgress.includes(step)),
      ...inProgress.map((step) => ({ ...step, status: 'complete' as const })),
    ],
  }
}

export function stepsInProgress({ message, steps }: ReplyState): Step[] {
  const shown = message?.content.steps ?? []
  const latest = [...shown.filter(({ id }) => steps.every((step) => step.id !== id)), ...steps]
  return latest.filter(({ status }) => status === 'in_progress')
}

/** Closes the message before the next write. */
export function closeSoon(state: ReplyState, { content }: Message): ReplyState {
  return { ...state, isFull: true, reopening: reopeningFor(content.markdown) }
}

/** Leaves the message as it is, and goes on in a new one. */
export function abandonMessage(state: ReplyState, message: Message): ReplyState {
  const reopening = message.content.text === '' ? state.reopening : reopeningFor(message.content.markdown)
  return { ...state, message: undefined, isFull: false, reopening, previous: message }
}

/** Goes on in the same message, by updates. */
export function continueByUpdates(
  state: ReplyState,
  stream: Stream,
  mode: 'updating' | 'stopped',
): ReplyState {
  return { ...state, mode, message: postFrom(stream, mode === 'stopped') }
}
