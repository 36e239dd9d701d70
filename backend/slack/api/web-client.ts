import { LogLevel, WebClient } from '@slack/web-api'
import { UNSTATED_WAIT_MS } from './write-result.ts'

/** Timeout of one HTTP request. The client's own default is to wait for ever. */
export const SLACK_CALL_TIMEOUT_MS = 8_000

/** The pause before a reader's second try: the client draws it at random between these two. */
export const READER_PAUSE_LEAST_MS = 200
export const READER_PAUSE_MOST_MS = 1_000

/** Slack's own client. It makes `retries` after a network or HTTP error, and calls `onRequest` for each try. */
export function createWebClient({
  token,
  apiUrl,
  retries,
  onRequest,
}: {
  token: string
  apiUrl: string | undefined
  retries: number
  onRequest: () => void
}): WebClient {
  return new WebClient(token, {
    ...(apiUrl !== undefined && { slackApiUrl: apiUrl }),
    // By default the client makes ten retries in half an hour, and waits out every 429 by itself.
    retryConfig: { retries, minTimeout: READER_PAUSE_LEAST_MS, maxTimeout: READER_PAUSE_MOST_MS },
    rejectRateLimitedCalls: true,
    timeout: SLACK_CALL_TIMEOUT_MS,
    allowAbsoluteUrls: false,
    // The client would write its warnings as lines of our log.
    logLevel: LogLevel.ERROR,
    fetch: async (input, init) => {
      onRequest()
      return withRetryAfter(await fetch(input, init))
    },
  })
}

/**
 * The client takes a 429 without a number of seconds for a lost response. It is a refusal: Slack has not
 * carried the call out.
 */
function withRetryAfter(response: Response): Response {
  const { status, statusText } = response
  if (status !== 429 || !Number.isNaN(Number.parseInt(response.headers.get('retry-after') ?? '', 10)))
    return response
  const headers = new Headers(response.headers)
  headers.set('retry-after', String(UNSTATED_WAIT_MS / 1000))
  return new Response(response.body, { status, statusText, headers })
}
