import type { Footer } from '../../turn/replies.ts'
import { type Content, EMPTY_CONTENT } from './content.ts'

/** One message of a reply. */
export type Message = Stream | Post

/** A message that we append to. */
export interface Stream {
  readonly kind: 'stream'
  /** Position of the message in the reply, from 0. */
  readonly part: number
  readonly ts: string
  readonly content: Content
  /** Text that Slack may lack, because it has not confirmed it. */
  readonly unconfirmed: string
  /** When we started it, in milliseconds of the Unix epoch: a stream lives for about five minutes. */
  readonly openedAt: number
}

/** A message that we post, and then update with its whole content each time. */
export interface Post {
  readonly kind: 'post'
  readonly part: number
  /** Absent: not posted yet. */
  readonly ts?: string
  readonly content: Content
  readonly unconfirmed: string
  /** Sends nothing before it is closed. */
  readonly isHeld: boolean
  /** How often Slack refused an update because it still holds the message for a stream. */
  readonly conflicts: number
  /** Set as soon as Slack has the message in its final state. */
  readonly closing?: Closing
}

/** The final state of a message. With a footer it is the last message of the reply. */
export interface Closing {
  readonly footer: Footer | undefined
}

/** The result of closing a message. */
export interface CloseResult {
  /**
   * `unclear`: Slack asks to wait too long, or does not say what it has done; another try may help. `stuck`:
   * the same, and people see the message being written. `refused`: neither the missing text nor the footer
   * can be added any more.
   */
  readonly outcome: 'done' | 'unclear' | 'stuck' | 'refused'
  /** True if it has left the agent session active. */
  readonly sessionActive: boolean
  /** Text that Slack may still lack. */
  readonly missing: string
}

export function newPost(part: number): Post {
  return { kind: 'post', part, content: EMPTY_CONTENT, unconfirmed: '', isHeld: false, conflicts: 0 }
}

/** Continues what was a stream by updates. */
export function postFrom({ part, ts, content, unconfirmed }: Stream, isHeld: boolean): Post {
  return { kind: 'post', part, ts, content, unconfirmed, isHeld, conflicts: 0 }
}
