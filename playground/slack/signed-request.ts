import { createHmac } from 'node:crypto'

export type ResendReason =
  | 'http_timeout'
  | 'too_many_redirects'
  | 'connection_failed'
  | 'ssl_error'
  | 'http_error'
  | 'unknown_error'

/** The result of one request to the app. Without `failure` it counts as acknowledged. */
export interface SendResult {
  /** HTTP status, or 0 if there was none. */
  status: number
  failure?: ResendReason
  answer: string
  /** The app forbade a repetition. */
  noRetry: boolean
}

/** The most redirects of a Request URL that Slack follows (docs.slack.dev/apis/events-api). */
const MAX_REDIRECTS = 2

/**
 * Signature v0 over the raw body (docs.slack.dev/authentication/verifying-requests-from-slack). `seconds` is
 * X-Slack-Request-Timestamp.
 */
export const sign = (secret: string, seconds: number, body: string) =>
  `v0=${createHmac('sha256', secret).update(`v0:${seconds}:${body}`).digest('hex')}`

/**
 * Sends one signed request. If `slow` fires, the failure is `http_timeout`; if `closing` fires, it is another
 * one.
 */
export async function sendSigned(options: {
  url: string
  body: string
  contentType: string
  headers: Record<string, string>
  signingSecret: string
  /** Seconds of the Unix epoch. */
  seconds: number
  slow: AbortSignal
  closing: AbortSignal
}): Promise<SendResult> {
  const { url, body, contentType, signingSecret, seconds, slow, closing } = options
  const headers = {
    'content-type': contentType,
    // The app could close a kept connection at this moment, and Slack never repeats a button click or a
    // command.
    connection: 'close',
    'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
    'x-slack-request-timestamp': String(seconds),
    'x-slack-signature': sign(signingSecret, seconds, body),
    ...options.headers,
  }
  try {
    const signal = AbortSignal.any([slow, closing])
    const response = await follow(url, { method: 'POST', headers, body, signal, redirect: 'manual' })
    const { status } = response
    const answer = await response.text()
    if (status >= 300 && status < 400)
      return { status, failure: 'too_many_redirects', answer, noRetry: false }
    if (response.ok) return { status, answer, noRetry: true }
    return {
      status,
      failure: 'http_error',
      answer,
      noRetry: response.headers.get('x-slack-no-retry') === '1',
    }
  } catch (error) {
    return {
      status: 0,
      failure: slow.aborted ? 'http_timeout' : connectionFailure(error),
      answer: '',
      noRetry: false,
    }
  }
}

async function follow(url: string, init: RequestInit): Promise<Response> {
  let response = await fetch(url, init)
  for (
    let redirects = 0;
    redirects < MAX_REDIRECTS && response.status >= 300 && response.status < 400;
    redirects += 1
  ) {
    response = await fetch(new URL(response.headers.get('location') ?? '', response.url), init)
  }
  return response
}

function connectionFailure(error: unknown): ResendReason {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : undefined
  const code = cause && 'code' in cause ? String(cause.code) : ''
  return /CERT|SSL|TLS/.test(code) ? 'ssl_error' : 'connection_failed'
}
