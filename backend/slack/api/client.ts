import { LogLevel, WebAPIRateLimitedError, WebClient } from '@slack/web-api'
import type { Clock } from '../../clock.ts'
import { within } from '../../deadline.ts'
import { retry } from '../../retry.ts'
import { STALE_TOKEN, slackError } from './error-codes.ts'
import { RateLimited, toWriteResult, UNSTATED_WAIT_MS, type WriteResult } from './write-result.ts'

/** The content of the Slack secret. */
export interface SlackIdentity {
  botToken: string
  teamId: string
  appId: string
}

/** Timeout of one HTTP request. The client's own default is to wait for ever. */
export const SLACK_CALL_TIMEOUT_MS = 8_000

/** Tries of the client itself after a network or HTTP error. A write must not be repeated blindly. */
const READER_RETRIES = 1
const WRITER_RETRIES = 0

/** The pause before a reader's second try: the client draws it at random between these two. */
export const READER_PAUSE_LEAST_MS = 200
export const READER_PAUSE_MOST_MS = 1_000

/** Number of HTTP requests, and of those that Slack asked us to repeat later. */
export interface Tally {
  calls: number
  rateLimited: number
}

/** The one door to Slack's Web API. */
export interface Slack {
  /**
   * Makes a call that changes nothing. Tries once more if it fails, and waits as long as Slack asks if that
   * fits into the budget. Throws RateLimited, TimedOut or Slack's error.
   */
  read<T>(budgetMs: number, request: (client: WebClient) => Promise<T>): Promise<T>
  /** Makes a call that changes something, once. Never rejects. */
  mutate<T>(request: (client: WebClient) => Promise<T>): Promise<WriteResult<T>>
  /** Like `mutate`, for a call that creates a message: gives its ts. Without a ts the outcome is unknown. */
  createMessage(request: (client: WebClient) => Promise<{ ts?: string }>): Promise<WriteResult<string>>
  identity(): Promise<SlackIdentity>
  /** Reads the identity again: somebody may have filled the secret since. */
  refreshIdentity(): Promise<SlackIdentity>
  /** Counts since this process started. */
  tally(): Tally
}

/** Calls `readIdentity` at once, and again when Slack no longer takes the token. */
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
      reader: createClient(identity.botToken, apiUrl, READER_RETRIES, tally),
      writer: createClient(identity.botToken, apiUrl, WRITER_RETRIES, tally),
    }))
    // Nothing awaits this while Lambda initializes; the first call does.
    connecting.catch(() => undefined)
    return connecting
  }
  let connected = connect()

  async function call<T>(role: 'reader' | 'writer', request: (client: WebClient) => Promise<T>): Promise<T> {
    const used = await current()
    try {
      return await request(used[role]).catch(async (error: unknown) => {
        if (!STALE_TOKEN.has(slackError(error) ?? '')) throw error
        connected = connect()
        return request((await connected)[role])
      })
    } catch (error) {
      if (!(error instanceof WebAPIRateLimitedError)) throw error
      tally.rateLimited += 1
      throw new RateLimited(error.retryAfter * 1000, { cause: error })
    }
  }

  /** The connection. If its secret could not be read, reads it again. */
  function current(): typeof connected {
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
      return toWriteResult(error)
    }
  }

  return {
    mutate,
    async createMessage(request) {
      const created = await mutate(request)
      if (created.outcome !== 'done') return created
      const { ts } = created.value
      return ts === undefined
        ? { outcome: 'unknown', error: new Error('Slack gave no ts') }
        : { outcome: 'done', value: ts }
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

function createClient(token: string, apiUrl: string | undefined, retries: number, tally: Tally): WebClient {
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
      tally.calls += 1
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
