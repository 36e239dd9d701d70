import { type Clock, wait } from '../clock.ts'
import type { SlackLimits } from './limits.ts'
import { type ResendReason, type SendResult, sendSigned } from './signed-request.ts'

/** One attempt to deliver a request to the app. */
export interface Attempt {
  /** When it was sent, in milliseconds of the Unix epoch. */
  at: number
  /** How long the app took to answer, in milliseconds. -1 while the attempt is running. */
  ms: number
  /** HTTP status. 0 if there was none, -1 while the attempt is running. */
  status: number
  /** 0 for the first attempt, then 1 to 3. */
  retryNum: number
  /** Why the attempt before this one failed. Sent as `x-slack-retry-reason`. */
  retryReason?: ResendReason
}

/** One event, button click, command or challenge that is sent to the app. */
export interface Delivery {
  kind: 'event' | 'interactivity' | 'command' | 'verification'
  /** `message`, `app_mention`, `block_actions`, `/vera`, … */
  type: string
  /** `Ev…`, for events only. */
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
  /**
   * Sends at once, and repeats events as Slack does. `done` resolves when the app has acknowledged it or
   * Slack gives up.
   */
  deliver(parcel: Pick<Delivery, 'kind' | 'type' | 'url' | 'body' | 'eventId'>): {
    delivery: Delivery
    done: Promise<Delivery>
  }
  settled(): Promise<void>
  close(): void
}

/**
 * Slack's sender. It signs requests, waits 3 s for the answer, and repeats failed events: at once, after 1
 * minute, and after 5 minutes.
 */
export function createDeliverer(options: {
  clock: Clock
  limits: SlackLimits
  signingSecret: string
}): Deliverer {
  const { clock, limits, signingSecret } = options
  const deliveries: Delivery[] = []
  const open = new Set<Promise<unknown>>()
  const closing = new AbortController()

  async function send(
    { kind, url, body }: Delivery,
    { retryNum, retryReason = 'unknown_error' }: Attempt,
  ): Promise<SendResult> {
    const slow = new AbortController()
    const cancel = clock.after(limits.ackMs, () => slow.abort())
    const form = kind === 'interactivity' || kind === 'command'
    const outcome = await sendSigned({
      url,
      body,
      contentType: form ? 'application/x-www-form-urlencoded' : 'application/json',
      headers:
        retryNum > 0 ? { 'x-slack-retry-num': String(retryNum), 'x-slack-retry-reason': retryReason } : {},
      signingSecret,
      seconds: Math.floor(clock.now() / 1000),
      slow: slow.signal,
      closing: closing.signal,
    })
    cancel()
    return outcome
  }

  async function deliverWithRetries(delivery: Delivery, attempts: Attempt[]): Promise<Delivery> {
    const resendAfterMs = delivery.kind === 'event' ? limits.resendAfterMs : []
    let retryReason: ResendReason | undefined
    for (const waitMs of [undefined, ...resendAfterMs]) {
      if (waitMs !== undefined) {
        delivery.state = 'waiting'
        await wait(waitMs, clock, closing.signal)
      }
      if (closing.signal.aborted) break
      delivery.state = 'under way'
      const attempt: Attempt = {
        at: clock.now(),
        ms: -1,
        status: -1,
        retryNum: attempts.length,
        ...(retryReason && { retryReason }),
      }
      attempts.push(attempt)
      const { status, failure, answer, noRetry } = await send(delivery, attempt)
      Object.assign(attempt, { status, ms: clock.now() - attempt.at })
      Object.assign(delivery, { answer })
      if (failure === undefined) {
        delivery.state = 'acknowledged'
        return delivery
      }
      if (noRetry) break
      retryReason = failure
    }
    delivery.state = 'given up'
    return delivery
  }

  return {
    deliveries,
    deliver(parcel) {
      const attempts: Attempt[] = []
      const delivery: Delivery = { ...parcel, attempts, state: 'under way', answer: '' }
      deliveries.push(delivery)
      const done = deliverWithRetries(delivery, attempts).finally(() => open.delete(done))
      open.add(done)
      return { delivery, done }
    },
    async settled() {
      while (open.size > 0) await Promise.all(open)
    },
    close: () => closing.abort(),
  }
}
