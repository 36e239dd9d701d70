import { WebAPIRateLimitedError, type WebClient } from '@slack/web-api'
import type { Clock } from '../../clock.ts'
import { within } from '../../deadline.ts'
import { retry } from '../../retry.ts'
import { STALE_TOKEN, slackError } from './error-codes.ts'
import { createWebClient } from './web-client.ts'
import { RateLimited, toWriteResult, type WriteResult } from './write-result.ts'

/** The content of the Slack secret. */
export interface SlackIdentity {
  botToken: string
  teamId: string
  appId: string
}

/** Tries of the client itself after a network or HTTP error. A write must not be repeated blindly. */
const READER_RETRIES = 1
const WRITER_RETRIES = 0

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
  const onRequest = () => void tally.calls++
  const createClient = (token: string, retries: number) =>
    createWebClient({ token, apiUrl, retries, onRequest })
  const connect = (): Promise<{ identity: SlackIdentity; reader: WebClient; writer: WebClient }> => {
    const connecting = readIdentity().then((identity) => ({
      identity,
      reader: createClient(identity.botToken, READER_RETRIES),
      writer: createClient(identity.botToken, WRITER_RETRIES),
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
