import type { Cut } from '../../markdown/cut.ts'
import type { ReplyInterruption } from '../../turn/replies.ts'
import type { Step } from './content.ts'
import type { Closing, Message, Post, Stream } from './message.ts'
import type { ReplyState } from './reply-state.ts'
import type { Feature } from './unsupported.ts'

/** The text and steps of one write. */
export interface Piece {
  /** Includes the lines that reopen a block before the text and close one after it. */
  text: string
  steps: readonly Step[]
  /** How many characters of the gathered text are in it. */
  taken: number
  /** Set if the message ends after it. */
  cut: Cut | undefined
}

/** One thing to ask of Slack, or of the table. */
export type Call =
  | { kind: 'start'; piece: Piece }
  | { kind: 'append'; stream: Stream; piece: Piece }
  /** Posts the message, or updates it with its whole content. */
  | { kind: 'set'; post: Post; piece: Piece; closing: Closing | undefined }
  /** Closes a message that text follows. Then returns `taken`, or plans the send again. */
  | { kind: 'close'; message: Message; taken?: number }
  /** Posts what a closed message lacks. */
  | { kind: 'post missing'; text: string; taken?: number }
  /** Asks the table if the turn is still ours. */
  | { kind: 'check claim'; stream: Stream }
  /** Stops a stream that Slack says is over. */
  | { kind: 'stop'; stream: Stream }

export type CallOf<Kind extends Call['kind']> = Extract<Call, { kind: Kind }>

/** The next thing that the writer does. */
export type Next =
  | Call
  /** The send is over; `taken` characters of its text are written. */
  | { kind: 'return'; taken: number }
  /** Plans the same send once more. */
  | { kind: 'plan again' }
  /** Nothing was written: Slack asks to wait. */
  | { kind: 'wait'; waitMs: number }
  /** Nobody would see the reply. */
  | { kind: 'fail'; error: unknown }

export interface Decision {
  state: ReplyState
  next: Next
  /** Slack refuses this to the whole workspace. */
  unsupported?: Feature
  interrupt?: ReplyInterruption
}

/** Ends a send that has written nothing: its text stays gathered for the next one. */
export const NOTHING_TAKEN = { kind: 'return', taken: 0 } as const
