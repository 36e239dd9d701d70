import type { Command, Feedback, Retry, Stop, Turn } from '../../backend/handoff.ts'

/** What to do with a body that Slack signed. */
export type Decision =
  | { kind: 'challenge'; text: string }
  | { kind: 'help'; command: string }
  | { kind: 'ignore'; reason: IgnoreReason; eventId?: string }
  | { kind: 'hand_off'; handoff: Turn | Stop | Command }
  | { kind: 'hand_off'; handoff: Feedback | Retry; respondTo: RespondTo }

/** A place to answer a click without a token. */
export interface RespondTo {
  /** From the payload, unverified; `respond` checks the host. */
  url: string | undefined
  threadTs: string
}

export const IGNORE_REASONS = [
  'not_json',
  'unknown_envelope',
  'unknown_event',
  'app_rate_limited',
  'no_authorization',
  'edit',
  'deletion',
  'hidden',
  'system_message',
  'no_author',
  'own_message',
  'bot',
  'outsider',
  'not_addressed',
  'unknown_interaction',
  'unknown_button',
  'unknown_value',
  'other_channel',
  'ssl_check',
  'unknown_command',
] as const
export type IgnoreReason = (typeof IGNORE_REASONS)[number]

/** What a handoff needs to know about its request. */
export interface RequestMeta {
  /** When the request arrived, in milliseconds of the Unix epoch. */
  receivedAt: number
  /** How often Slack has sent the event before: 0 for the first delivery. */
  slackRetryNum: number
}
