/** Slack's ways of saying that there is no thread to write to, or none that we may write to. */
const GONE = new Set([
  'cannot_reply_to_message',
  'channel_not_found',
  'invalid_thread_ts',
  'is_archived',
  'message_not_found',
  'not_in_channel',
  'thread_not_found',
])

export function isGone(code: string): boolean {
  return GONE.has(code)
}
