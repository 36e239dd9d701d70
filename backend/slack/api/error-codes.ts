import { WebAPIPlatformError } from '@slack/web-api'

/** Slack's ways of saying that there is no thread to write to, or none that we may write to. */
const THREAD_GONE = new Set([
  'cannot_reply_to_message',
  'channel_not_found',
  'invalid_thread_ts',
  'is_archived',
  'message_not_found',
  'not_in_channel',
  'thread_not_found',
])

export function isThreadGone(code: string): boolean {
  return THREAD_GONE.has(code)
}

/** Errors of Slack's that a newer token may cure. */
export const STALE_TOKEN = new Set([
  'invalid_auth',
  'token_revoked',
  'token_expired',
  'account_inactive',
  'not_authed',
])

/** Errors after which, as their own texts say, some aspect of the call may have succeeded. https://docs.slack.dev/reference/methods/chat.postMessage#errors */
export const MAYBE_DONE = new Set(['internal_error', 'fatal_error', 'service_unavailable', 'request_timeout'])

/** A 429 by another name, which comes with a 200 and does not say how long. */
export const RATE_LIMITED = new Set(['rate_limited', 'ratelimited'])

/** Slack refuses what it does not know as a chunk; without steps nothing is left of the first call but an empty one. */
const STEPS_REFUSED = new Set(['invalid_chunks', 'invalid_arguments', 'no_text'])

/** Slack's ways of saying that a message is not streaming, or not any more. */
const NOT_STREAMING = new Set(['message_not_in_streaming_state', 'message_not_found', 'stopped_by_user'])

export function isNotStreaming(code: string): boolean {
  return NOT_STREAMING.has(code)
}

/** Whether a stream was refused for its steps. */
export function areStepsRefused(code: string): boolean {
  return STEPS_REFUSED.has(code)
}

/** Slack's ways of saying that a message would hold too much. */
const TOO_LONG = new Set(['msg_too_long', 'msg_blocks_too_long', 'msg_blocks_too_many'])

export function isTooLong(code: string): boolean {
  return TOO_LONG.has(code)
}

/** Errors that mean the workspace or the app, not this message. https://docs.slack.dev/reference/methods/chat.startStream */
const UNSUPPORTED = new Set(['feature_not_enabled', 'feature_disabled', 'method_deprecated', 'unknown_method'])

export function isUnsupported(code: string): boolean {
  return UNSUPPORTED.has(code)
}

/** Slack's own error code of an `ok: false` answer, such as `message_not_in_streaming_state`. */
export function slackError(error: unknown): string | undefined {
  return error instanceof WebAPIPlatformError ? error.data.error : undefined
}
