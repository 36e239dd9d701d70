import type { Place } from './turn-record.ts'

/** What is to be answered, however it was asked. */
export interface Question extends Place {
  turnId: string
  /** From 1; "Try again" makes another. */
  attempt: number
  teamId: string
  /** As Slack sent it, mrkdwn. Undefined on another attempt: then it is read from the thread. */
  text: string | undefined
  /** When the edge had it, in milliseconds of the Unix epoch. */
  receivedAt: number
}
