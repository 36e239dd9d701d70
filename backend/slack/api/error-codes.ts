import { WebAPIPlatformError } from '@slack/web-api'

/** Slack's own error code of an `ok: false` response, such as `message_not_in_streaming_state`. */
export function slackError(error: unknown): string | undefined {
  return error instanceof WebAPIPlatformError ? error.data.error : undefined
}

/** A newer token may cure these. */
export const STALE_TOKEN = new Set([
  'invalid_auth',
  'token_revoked',
  'token_expired',
  'account_inactive',
  'not_authed',
])

/**
 * After these, some aspect of the call may have succeeded, as their descriptions say.
 * https://docs.slack.dev/reference/methods/chat.postMessage#errors
 */
export const MAYBE_DONE = new Set(['internal_error', 'fatal_error', 'service_unavailable', 'request_timeout'])

/** Codes that mean the same as a 429, but come with a 200 and without a time to wait. */
export const RATE_LIMITED = new Set(['rate_limited', 'ratelimited'])

const THREAD_GONE = new Set([
  'cannot_reply_to_message',
  'channel_not_found',
  'invalid_thread_ts',
  'is_archived',
  'message_not_found',
  'not_in_channel',
  'thread_not_found',
])

/** Somebody decides who may write there, and we may not. */
const BARRED = new Set([
  'app_access_restricted',
  'ekm_access_denied',
  'messages_tab_disabled',
  'posting_to_channel_denied',
  'user_is_restricted',
])

/**
 * True if the thread is there and we may not write to it. The family of `restricted_action` grows with the
 * settings of channels, so its prefix counts.
 */
export function isBarred(code: string): boolean {
  return code.startsWith('restricted_action') || BARRED.has(code)
}

/** True if there is no thread to write to, or none that we may write to. */
export function isThreadGone(code: string): boolean {
  return THREAD_GONE.has(code) || isBarred(code)
}

/** True if this process can't write to the thread any more, for whatever reason. Ask it at every write. */
export function isOutOfReach(code: string): boolean {
  return isThreadGone(code) || STALE_TOKEN.has(code)
}

/** Codes about the message that exists already: no other content would help. */
const MESSAGE_FIXED = new Set([
  'cant_update_message',
  'edit_window_closed',
  'is_inactive',
  'message_not_owned_by_app',
  'streaming_state_conflict',
  'update_failed',
])

/** The token may not do this, whatever the content. */
const NOT_ALLOWED = new Set(['missing_scope', 'no_permission', 'not_allowed_token_type'])

/**
 * True if Slack may take the same message with other content. New codes about content appear with every kind
 * of block, so this asks for the codes that are about something else.
 */
export function isContentRefused(code: string): boolean {
  return !(
    isThreadGone(code) ||
    isTooLong(code) ||
    isNotStreaming(code) ||
    isUnsupported(code) ||
    STALE_TOKEN.has(code) ||
    MESSAGE_FIXED.has(code) ||
    NOT_ALLOWED.has(code)
  )
}

/** `no_text`: a stream with nothing but steps is empty for a workspace that does not know them. */
const STEPS_REFUSED = new Set(['invalid_chunks', 'invalid_arguments', 'no_text'])

/** True if Slack may have refused a stream because of its steps. */
export function areStepsRefused(code: string): boolean {
  return STEPS_REFUSED.has(code)
}

const NOT_STREAMING = new Set(['message_not_in_streaming_state', 'message_not_found', 'stopped_by_user'])

/** True if the message is not streaming, or no longer. */
export function isNotStreaming(code: string): boolean {
  return NOT_STREAMING.has(code)
}

const TOO_LONG = new Set(['msg_too_long', 'msg_blocks_too_long', 'msg_blocks_too_many'])

/** True if the message would become too long. */
export function isTooLong(code: string): boolean {
  return TOO_LONG.has(code)
}

const UNSUPPORTED = new Set([
  'feature_not_enabled',
  'feature_disabled',
  'method_deprecated',
  'unknown_method',
])

/**
 * True if the workspace or the app lacks a feature, whatever the message.
 * https://docs.slack.dev/reference/methods/chat.startStream
 */
export function isUnsupported(code: string): boolean {
  return UNSUPPORTED.has(code)
}
