import type { Command, Feedback, Retry, Stop, Turn } from '../../backend/handoff.ts'

/** What is to be done with a body that Slack signed. */
export type Decision =
  | { kind: 'challenge'; text: string }
  | { kind: 'help'; command: string }
  | { kind: 'ignore'; reason: IgnoreReason; eventId?: string }
  | { kind: 'hand_off'; handoff: Turn | Stop | Command }
  | { kind: 'hand_off'; handoff: Feedback | Retry; respondTo: RespondTo }

/** Where a click can be answered without a token. */
export interface RespondTo {
  /** As the payload says it; whose it is, nobody has checked. */
  url: string | undefined
  threadTs: string
}

export type IgnoreReason =
  | 'not_json'
  | 'unknown_envelope'
  | 'unknown_event'
  | 'app_rate_limited'
  | 'no_authorization'
  | 'edit'
  | 'deletion'
  | 'hidden'
  | 'system_message'
  | 'no_author'
  | 'own_message'
  | 'bot'
  | 'outsider'
  | 'not_addressed'
  | 'unknown_interaction'
  | 'unknown_button'
  | 'unknown_value'
  | 'other_channel'
  | 'ssl_check'
  | 'unknown_command'

export interface RequestMeta {
  /** Milliseconds of the Unix epoch. */
  receivedAt: number
  /** 0 on the first delivery. */
  slackRetryNum: number
}
