import { LogLevel, WebAPIRateLimitedError, WebClient } from '@slack/web-api'
import type { Clock } from '../../clock.ts'
import { within } from '../../deadline.ts'
import { retry } from '../../retry.ts'
import { HALF_DONE, RATE_LIMITED, STALE_TOKEN, slackError } from './error-codes.ts'

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

const UNSAID_WAIT_MS = 1_000

/**
 * What came of a write. `unknown`: it may have been carried out, since the answer was lost, was no answer, or says so;
 * no Slack write has an idempotency key. `refused` and `wait` were not carried out.
 */
export type Attempt<T> =
  | { is: 'done'; value: T }
  | { is: 'wait'; waitMs: number }
  | { is: 'refused'; code: string; error: Error }
  | { is: 'unknown'; error: unknown }

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
  write<T>(call: (client: WebClient) => Promise<T>): Promise<Attempt<T>>
  /** The same, of one that makes a message: gives its ts. An answer without one is none. */
  make(call: (client: WebClient) => Promise<{ ts?: string }>): Promise<Attempt<string>>
  identity(): Promise<SlackIdentity>
  /** The same, read anew: the secret may have been filled since. */
  identityAnew(): Promise<SlackIdentity>
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

  async function call<T>(mode: 'reader' | 'writer', attempt: (client: WebClient) => Promise<T>): Promise<T> {
    const used = await current()
    try {
      return await attempt(used[mode]).catch(async (error: unknown) => {
        if (!STALE_TOKEN.has(slackError(error) ?? '')) throw error
        connected = connect()
        return attempt((await connected)[mode])
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

  async function write<T>(attempt: (client: WebClient) => Promise<T>): Promise<Attempt<T>> {
    try {
      return { is: 'done', value: await call('writer', attempt) }
    } catch (error) {
      if (error instanceof RateLimited) return { is: 'wait', waitMs: error.waitMs }
      const code = slackError(error)
      // What is no JSON the client takes for an error code.
      if (!(error instanceof Error) || code === undefined || !/^[a-z_]+$/.test(code) || HALF_DONE.has(code))
        return { is: 'unknown', error }
      return RATE_LIMITED.has(code) ? { is: 'wait', waitMs: UNSAID_WAIT_MS } : { is: 'refused', code, error }
    }
  }

  return {
    write,
    async make(attempt) {
      const made = await write(attempt)
      if (made.is !== 'done') return made
      return made.value.ts === undefined
        ? { is: 'unknown', error: new Error('no ts') }
        : { is: 'done', value: made.value.ts }
    },
    read(budgetMs, attempt) {
      const until = clock.now() + budgetMs
      const afterError = (error: unknown) => (error instanceof RateLimited ? error : 'stop')
      return within(
        budgetMs,
        retry({ clock, until, afterError }, () => call('reader', attempt)),
      )
    },
    identity: async () => (await current()).identity,
    async identityAnew() {
      connected = connect()
      return (await connected).identity
    },
    tally: () => ({ ...tally }),
  }
}

/** The value of a write that was done; else throws, for whoever is called again until it succeeds. */
export function doneOf<T>(attempt: Attempt<T>): T {
  if (attempt.is === 'done') return attempt.value
  throw notDone(attempt)
}

export function notDone(attempt: Exclude<Attempt<unknown>, { is: 'done' }>): unknown {
  return attempt.is === 'wait' ? new RateLimited(attempt.waitMs) : attempt.error
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
