import type { RespondTo } from './classify/decision.ts'
import { writeLog } from './log.ts'

/** Somebody waits for the sentence. Cloudflare allows `waitUntil` ten times as long. */
const RESPOND_TIMEOUT_MS = 3_000

/**
 * Shows a sentence only to the person who clicked, through the payload's `response_url`. One attempt. Never
 * throws. Posts to no host but Slack's.
 * https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
 */
export async function respond(
  fetch: typeof globalThis.fetch,
  { url, threadTs }: RespondTo,
  text: string,
): Promise<void> {
  if (url === undefined || !URL.canParse(url) || new URL(url).origin !== 'https://hooks.slack.com') {
    writeLog('response_url', { outcome: 'ignored', reason: 'not_slacks_host' })
    return
  }
  const status = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ response_type: 'ephemeral', replace_original: false, thread_ts: threadTs, text }),
    redirect: 'manual',
    signal: AbortSignal.timeout(RESPOND_TIMEOUT_MS),
  })
    .then((response) => response.status)
    .catch(() => 0)
  writeLog('response_url', { outcome: status === 200 ? 'told' : 'failed', status })
}
