import type { Clock } from '../../clock.ts'
import type { Slack } from '../api/client.ts'
import type { Refusals } from './refusals.ts'
import type { UnsupportedFeatures } from './unsupported.ts'

/** The thread that a reply goes to, and the person who asked; Slack wants both for every stream. */
export interface ReplyTarget {
  turnId: string
  attempt: number
  channel: string
  threadTs: string
  /** The question's. */
  ts: string
  userId: string
  userTeamId: string
}

/** The surroundings that all messages of one reply share. */
export interface ReplyContext {
  slack: Slack
  clock: Clock
  to: ReplyTarget
  unsupported: UnsupportedFeatures
  refusals: Refusals
  /** The invocation's end less a margin, in milliseconds of the Unix epoch: we wait for nothing beyond it. */
  until: number
  /** Records a stream that was started: an apology ends it if this process is killed. Never rejects. */
  recordStream(ts: string): Promise<void>
  /** Claims a stream that was found for this turn; false if it is another turn's. Never rejects. */
  adoptStream(ts: string): Promise<boolean>
  /** Resolves to true if the turn is still this process's. Rejects with DynamoDB's error. */
  holdsClaim(): Promise<boolean>
}
