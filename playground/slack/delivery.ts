import { type Clock, wait } from '../clock.ts'
import type { SlackLimits } from './limits.ts'
import { type ResendReason, type SendResult, sendSigned } from './signed-request.ts'

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
  deliver(parcel: Pick<Delivery, 'kind' | 'type' | 'url' | 'body' | 'eventId'>): {
    delivery: Delivery
    done: Promise<Delivery>
  }
  settled(): Promise<void>
  close(): void
}

/** Slack's sender: signs, waits 3 s, and sends events again: at once, after 1 minute, after 5 minutes. */
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
