import type { Command, Feedback, Retry, Stop, Turn } from '../../backend/handoff.ts'

/** What is to be done with a body that Slack signed. */
export type Decision =
  | { do: 'challenge'; text: string }
  | { do: 'help'; command: string }
  | { do: 'ignore'; reason: IgnoreReason; eventId?: string }
  | { do: 'hand_off'; handoff: Turn | Stop | Command }
  | { do: 'hand_off'; handoff: Feedback | Retry; respondTo: RespondTo }

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

export interface Seen {
  /** Milliseconds of the Unix epoch. */
  receivedAt: number
  /** 0 on the first delivery. */
  slackRetryNum: number
}

/**
 * So that a handoff fits a queue message's 128 KB in any script: at worst each character is written as an escape of
 * six bytes.
 */
export const TEXT_LIMIT_CHARS = 16_000

export function cut(text: string): string {
  return text.slice(0, TEXT_LIMIT_CHARS).toWellFormed()
}
