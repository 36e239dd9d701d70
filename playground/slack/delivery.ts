import { createHmac } from 'node:crypto'
import type { Clock } from '../clock.ts'
import type { SlackLimits } from './limits.ts'

export type ResendReason = 'http_timeout' | 'too_many_redirects' | 'connection_failed' | 'ssl_error' | 'http_error' | 'unknown_error'

/** One try to bring a request to the app. */
export interface Attempt {
  /** Milliseconds of the Unix epoch at which it was sent. */
  at: number
  /** How long the app took to acknowledge, in milliseconds; -1 while it is under way. */
  ms: number
  /** HTTP status; 0 where there was none, -1 while it is under way. */
  status: number
  /** 0 on the first try, then 1 to 3. */
  retryNum: number
  /** Why the try before this one did not count; sent as `x-slack-retry-reason`. */
  retryReason?: ResendReason
}

/** One event, button, command or challenge on its way to the app. */
export interface Delivery {
  kind: 'event' | 'interactivity' | 'command' | 'verification'
  /** `message`, `app_mention`, `block_actions`, `/vera`, … */
  type: string
  /** `Ev…`, on events only. */
  eventId?: string
  url: string
  body: string
  attempts: readonly Attempt[]
  state: 'under way' | 'waiting' | 'acknowledged' | 'given up'
  /** The body of the last response. */
  answer: string
}

export interface Deliverer {
  readonly deliveries: readonly Delivery[]
  /** Sends at once; events again as Slack does. Resolves when it is acknowledged or given up. */
  deliver(parcel: Pick<Delivery, 'kind' | 'type' | 'url' | 'body' | 'eventId'>): { delivery: Delivery; done: Promise<Delivery> }
  settled(): Promise<void>
  close(): void
}

/** Slack follows so many redirects of a Request URL (docs.slack.dev/apis/events-api). */
const MOST_REDIRECTS = 2

/** Signature v0 over the raw body (docs.slack.dev/authentication/verifying-requests-from-slack). `seconds` is X-Slack-Request-Timestamp. */
export const sign = (secret: string, seconds: number, body: string) =>
  `v0=${createHmac('sha256', secret).update(`v0:${seconds}:${body}`).digest('hex')}`

/** Slack's sender: signs, waits 3 s, and sends events again: at once, after 1 minute, after 5 minutes. */
export function createDeliverer(options: { clock: Clock; limits: SlackLimits; signingSecret: string }): Deliverer {
  const { clock, limits, signingSecret } = options
  const deliveries: Delivery[] = []
  const open = new Set<Promise<unknown>>()
  const closing = new AbortController()

  async function send({ kind, url, body }: Delivery, attempt: Attempt) {
    const slow = new AbortController()
    const cancel = clock.after(limits.ackMs, () => slow.abort())
    const seconds = Math.floor(clock.now() / 1000)
    const headers = {
      'content-type': kind === 'event' || kind === 'verification' ? 'application/json' : 'application/x-www-form-urlencoded',
      'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
      'x-slack-request-timestamp': String(seconds),
      'x-slack-signature': sign(signingSecret, seconds, body),
      ...(attempt.retryNum > 0 && { 'x-slack-retry-num': String(attempt.retryNum), 'x-slack-retry-reason': attempt.retryReason ?? '' }),
    }
    try {
      const signal = AbortSignal.any([slow.signal, closing.signal])
      const response = await follow(url, { method: 'POST', headers, body, signal, redirect: 'manual' })
      if (response.status >= 300 && response.status < 400)
        return { status: response.status, reason: 'too_many_redirects' as const, answer: '', last: false }
      const refused = response.ok ? undefined : ('http_error' as const)
      return {
        status: response.status,
        reason: refused,
        answer: await response.text(),
        last: response.headers.get('x-slack-no-retry') === '1',
      }
    } catch (error) {
      return { status: 0, reason: slow.signal.aborted ? ('http_timeout' as const) : connectionReason(error), answer: '', last: false }
    } finally {
      cancel()
    }
  }

  async function bring(delivery: Delivery, attempts: Attempt[]): Promise<Delivery> {
    const waits = delivery.kind === 'event' ? limits.resendAfterMs : []
    let retryReason: ResendReason | undefined
    for (const wait of [undefined, ...waits]) {
      if (wait !== undefined) {
        delivery.state = 'waiting'
        await pause(wait)
      }
      if (closing.signal.aborted) break
      delivery.state = 'under way'
      const attempt: Attempt = { at: clock.now(), ms: -1, status: -1, retryNum: attempts.length, ...(retryReason && { retryReason }) }
      attempts.push(attempt)
      const { status, reason, answer, last } = await send(delivery, attempt)
      Object.assign(attempt, { status, ms: clock.now() - attempt.at })
      Object.assign(delivery, { answer })
      if (reason === undefined) {
        delivery.state = 'acknowledged'
        return delivery
      }
      if (last) break
      retryReason = reason
    }
    delivery.state = 'given up'
    return delivery
  }

  function pause(ms: number) {
    return new Promise<void>((resolve) => {
      if (closing.signal.aborted) return resolve()
      const cancel = clock.after(ms, resolve)
      closing.signal.addEventListener('abort', () => {
        cancel()
        resolve()
      })
    })
  }

  return {
    deliveries,
    deliver(parcel) {
      const attempts: Attempt[] = []
      const delivery: Delivery = { ...parcel, attempts, state: 'under way', answer: '' }
      deliveries.push(delivery)
      const done = bring(delivery, attempts).finally(() => open.delete(done))
      open.add(done)
      return { delivery, done }
    },
    async settled() {
      while (open.size > 0) await Promise.all(open)
    },
    close: () => closing.abort(),
  }
}

async function follow(url: string, init: RequestInit): Promise<Response> {
  let response = await fetch(url, init)
  for (let redirects = 0; redirects < MOST_REDIRECTS && response.status >= 300 && response.status < 400; redirects += 1) {
    response = await fetch(new URL(response.headers.get('location') ?? '', response.url), init)
  }
  return response
}

function connectionReason(error: unknown): ResendReason {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : undefined
  const code = cause && 'code' in cause ? String(cause.code) : ''
  return /CERT|SSL|TLS/.test(code) ? 'ssl_error' : 'connection_failed'
}
