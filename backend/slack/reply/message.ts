import type { Clock } from '../../clock.ts'
import type { Footer } from '../../turn/replies.ts'
import type { Slack } from '../api/client.ts'
import type { Content, Step } from './content.ts'
import type { UnsupportedFeatures } from './unsupported.ts'

/**
 * What came of adding to a message. `full`: Slack says that it takes no more. `lost`: it can no longer be written to
 * in this way. `stopped`: the person pressed Stop. Nothing was added but where it says `taken`.
 */
export type AddResult =
  | { outcome: 'taken' }
  | { outcome: 'full' }
  | { outcome: 'lost' }
  | { outcome: 'stopped' }
  | { outcome: 'wait'; waitMs: number }

/** One message of a reply. */
export interface Message {
  /** Undefined as long as nothing of it has been sent. */
  readonly ts: string | undefined
  readonly content: Content
  /** Since when Slack has it, in milliseconds of the Unix epoch; undefined where its age does not matter. */
  readonly since: number | undefined
  /**
   * In one write. `final` says that nothing will be added after this, and what is to stand under the reply if this is
   * its last message: it may come with the same write. Throws where nobody would see any of it.
   */
  add(text: string, steps: readonly Step[], final?: { ending?: Footer }): Promise<AddResult>
  /** What of the content Slack may not have, since it has not said so. */
  unsure(): string
  /** Makes sure that all of the content is there, and ends the message; with `ending` it is the reply's last. */
  end(ending: Footer | undefined, until: number): Promise<CloseResult>
}

export interface CloseResult {
  /**
   * `no`: Slack asks to wait beyond `until`, or does not say what it has done; it may be tried again. `open`: the same,
   * and people see that it is being written. `refused`: what Slack has not said that it has, and what should stand under
   * the message, cannot be brought there any more.
   */
  outcome: 'done' | 'no' | 'open' | 'refused'
  /** Whether that has left the agent session active. */
  session: boolean
}

/** What the last message of a reply is marked with, and any other. */
export function closedState(ending: Footer | undefined): 'closed' | 'ended' | 'failed' {
  return ending === undefined ? 'closed' : ending.offer === 'retry' ? 'failed' : 'ended'
}

/** Where a reply goes, and for whom it is; Slack wants both in every stream. */
export interface ReplyTarget {
  turnId: string
  attempt: number
  channel: string
  threadTs: string
  /** Of the question. */
  ts: string
  userId: string
  userTeamId: string
}

/** What every message of one reply is written with. */
export interface ReplyContext {
  slack: Slack
  clock: Clock
  to: ReplyTarget
  unsupported: UnsupportedFeatures
  /** When the invocation ends, less a margin, in milliseconds of the Unix epoch: nothing is waited for beyond it. */
  until: number
  /** Notes a stream that was opened, for whoever has to end it when this process is gone. Never rejects. */
  recordStream(ts: string): Promise<void>
  /** Whether the turn is still this process's. Throws what DynamoDB says. */
  holdsClaim(): Promise<boolean>
  /** Makes a stream that was found this turn's own; false where it is another's. Never rejects. */
  adoptStream(ts: string): Promise<boolean>
}
