import { LogLevel, WebAPIRateLimitedError, WebClient } from '@slack/web-api'
import type { Clock } from '../../clock.ts'
import { within } from '../../deadline.ts'
import { retry } from '../../retry.ts'
import { MAYBE_DONE, RATE_LIMITED, STALE_TOKEN, slackError } from './error-codes.ts'

/** What the Slack secret holds. */
export interface SlackIdentity {
  botToken: string
  teamId: string
  appId: string
}

/** Slack asked us to wait. */
export class RateLimited extends Error {
  override readonly name = 'RateLimited' as const
  readonly waitMs: number
  constructor(waitMs: number, options?: ErrorOptions) {
    super(`asked to wait ${waitMs} ms`, options)
    this.waitMs = waitMs
  }
}

/** One call. The client's own default is to wait for ever. */
export const SLACK_CALL_TIMEOUT_MS = 8_000

const UNSTATED_WAIT_MS = 1_000

/**
 * What came of a write. `unknown`: it may have been carried out, since the answer was lost, was no answer, or says so;
 * no Slack write has an idempotency key. `refused` and `wait` were not carried out.
 */
export type WriteResult<T> =
  | { outcome: 'done'; value: T }
  | { outcome: 'wait'; waitMs: number }
  | { outcome: 'refused'; code: string; error: Error }
  | { outcome: 'unknown'; error: unknown }

/** How many calls were made, and how many of them Slack asked to make later. */
export interface Tally {
  calls: number
  rateLimited: number
}

/** The one door to Slack's Web API. */
export interface Slack {
  /**
   * A call that changes nothing, within its budget: tried once more where it fails, and after the wait that Slack asks
   * for, where that fits. Throws RateLimited, TimedOut or what Slack says.
   */
  read<T>(budgetMs: number, call: (client: WebClient) => Promise<T>): Promise<T>
  /** A call that changes something: tried once. Never rejects. */
  mutate<T>(call: (client: WebClient) => Promise<T>): Promise<WriteResult<T>>
  /** Like `mutate`, for a call that makes a message: gives its ts. An answer without a ts leaves it unknown. */
  createMessage(call: (client: WebClient) => Promise<{ ts?: string }>): Promise<WriteResult<string>>
  identity(): Promise<SlackIdentity>
  /** The same, read anew: the secret may have been filled since. */
  refreshIdentity(): Promise<SlackIdentity>
  /** Since this process began. */
  tally(): Tally
}

/** `readIdentity` is called at once, and again when Slack no longer takes the token. */
export function createSlack({
  readIdentity,
  apiUrl,
  clock,
}: {
  readIdentity: () => Promise<SlackIdentity>
  apiUrl?: string | undefined
  clock: Clock
}): Slack {
  const tally = { calls: 0, rateLimited: 0 }
  const connect = (): Promise<{ identity: SlackIdentity; reader: WebClient; writer: WebClient }> => {
    const connecting = readIdentity().then((identity) => ({
      identity,
      reader: createClient(identity.botToken, apiUrl, 1, tally),
      writer: createClient(identity.botToken, apiUrl, 0, tally),
    }))
    // Lambda's init has nobody who awaits it yet; the first call does.
    connecting.catch(() => undefined)
    return connecting
  }
  let connected = connect()

  async function call<T>(mode: 'reader' | 'writer', request: (client: WebClient) => Promise<T>): Promise<T> {
    const used = await current()
    try {
      return await request(used[mode]).catch(async (error: unknown) => {
        if (!STALE_TOKEN.has(slackError(error) ?? '')) throw error
        connected = connect()
        return request((await connected)[mode])
      })
    } catch (error) {
      if (!(error instanceof WebAPIRateLimitedError)) throw error
      tally.rateLimited += 1
      throw new RateLimited(error.retryAfter * 1000, { cause: error })
    }
  }

  function current(): typeof connected {
    // A secret that could not be read in init is asked for again.
    const used = connected
    return used.catch(() => {
      if (connected === used) connected = connect()
      return connected
    })
  }

  async function mutate<T>(request: (client: WebClient) => Promise<T>): Promise<WriteResult<T>> {
    try {
      return { outcome: 'done', value: await call('writer', request) }
    } catch (error) {
      if (error instanceof RateLimited) return { outcome: 'wait', waitMs: error.waitMs }
      const code = slackError(error)
      // What is no JSON the client takes for an error code.
      if (!(error instanceof Error) || code === undefined || !/^[a-z_]+$/.test(code) || MAYBE_DONE.has(code))
        return { outcome: 'unknown', error }
      return RATE_LIMITED.has(code) ? { outcome: 'wait', waitMs: UNSTATED_WAIT_MS } : { outcome: 'refused', code, error }
    }
  }

  return {
    mutate,
    async createMessage(request) {
      const created = await mutate(request)
      if (created.outcome !== 'done') return created
      return created.value.ts === undefined
        ? { outcome: 'unknown', error: new Error('no ts') }
        : { outcome: 'done', value: created.value.ts }
    },
    read(budgetMs, request) {
      const until = clock.now() + budgetMs
      const afterError = (error: unknown) => (error instanceof RateLimited ? error : 'stop')
      return within(
        budgetMs,
        retry({ clock, until, afterError }, () => call('reader', request)),
      )
    },
    identity: async () => (await current()).identity,
    async refreshIdentity() {
      connected = connect()
      return (await connected).identity
    },
    tally: () => ({ ...tally }),
  }
}

/** The value of a write that was done; else throws, for whoever is called again until it succeeds. */
export function unwrap<T>(result: WriteResult<T>): T {
  if (result.outcome === 'done') return result.value
  throw toError(result)
}

export function toError(result: Exclude<WriteResult<unknown>, { outcome: 'done' }>): unknown {
  return result.outcome === 'wait' ? new RateLimited(result.waitMs) : result.error
}

function createClient(token: string, apiUrl: string | undefined, retries: number, tally: Tally): WebClient {
  return new WebClient(token, {
    ...(apiUrl !== undefined && { slackApiUrl: apiUrl }),
    // The defaults are ten retries in half an hour, and to sit out every 429 inside the client.
    retryConfig: { retries, minTimeout: 200, maxTimeout: 1_000 },
    rejectRateLimitedCalls: true,
    timeout: SLACK_CALL_TIMEOUT_MS,
    allowAbsoluteUrls: false,
    // Its warnings are no lines of ours.
    logLevel: LogLevel.ERROR,
    fetch: (input, init) => {
      tally.calls += 1
      return fetch(input, init)
    },
  })
}
