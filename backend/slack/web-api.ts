import { WebAPIPlatformError, WebAPIRateLimitedError, WebClient } from '@slack/web-api'
import { AskedToWait } from '../pacer.ts'

/** What the Slack secret holds. */
export interface SlackIdentity {
  botToken: string
  teamId: string
  appId: string
}

/** One call. The client's own default is to wait for ever. */
export const SLACK_CALL_TIMEOUT_MS = 8_000

/** Errors of Slack's that a newer token may cure. */
const STALE_TOKEN = new Set(['invalid_auth', 'token_revoked', 'token_expired', 'account_inactive', 'not_authed'])

/** The one door to Slack's Web API. */
export interface Slack {
  /** A call that changes nothing: tried once more where it fails. Throws AskedToWait on 429. */
  read<T>(call: (client: WebClient) => Promise<T>): Promise<T>
  /** A call that changes something: tried once, since no Slack write has an idempotency key. Throws AskedToWait on 429. */
  write<T>(call: (client: WebClient) => Promise<T>): Promise<T>
  identity(): Promise<SlackIdentity>
}

/** `readIdentity` is called at once, and again when Slack no longer takes the token. */
export function createSlack({ readIdentity, apiUrl }: { readIdentity: () => Promise<SlackIdentity>; apiUrl?: string | undefined }): Slack {
  const connect = (): Promise<{ identity: SlackIdentity; reader: WebClient; writer: WebClient }> => {
    const connecting = readIdentity().then((identity) => ({
      identity,
      reader: createClient(identity.botToken, apiUrl, 1),
      writer: createClient(identity.botToken, apiUrl, 0),
    }))
    // Lambda's init has nobody who awaits it yet; the first call does.
    connecting.catch(() => undefined)
    return connecting
  }
  let connected = connect()

  async function call<T>(mode: 'reader' | 'writer', attempt: (client: WebClient) => Promise<T>): Promise<T> {
    const used = await current()
    try {
      return await attempt(used[mode])
    } catch (error) {
      if (error instanceof WebAPIRateLimitedError) throw new AskedToWait(error.retryAfter * 1000, { cause: error })
      if (!STALE_TOKEN.has(slackError(error) ?? '')) throw error
      connected = connect()
      return await attempt((await connected)[mode])
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

  return {
    read: (attempt) => call('reader', attempt),
    write: (attempt) => call('writer', attempt),
    identity: async () => (await current()).identity,
  }
}

/** Slack's own error code of an `ok: false` answer, such as `message_not_in_streaming_state`. */
export function slackError(error: unknown): string | undefined {
  return error instanceof WebAPIPlatformError ? error.data.error : undefined
}

/** Slack's ways of saying that a message is not streaming, or not any more. */
const NOT_STREAMING = new Set(['message_not_in_streaming_state', 'message_not_found', 'stopped_by_user'])

export function isNotStreaming(error: unknown): boolean {
  return NOT_STREAMING.has(slackError(error) ?? '')
}

function createClient(token: string, apiUrl: string | undefined, retries: number): WebClient {
  return new WebClient(token, {
    ...(apiUrl !== undefined && { slackApiUrl: apiUrl }),
    // The defaults are ten retries in half an hour, and to sit out every 429 inside the client.
    retryConfig: { retries, minTimeout: 200, maxTimeout: 1_000 },
    rejectRateLimitedCalls: true,
    timeout: SLACK_CALL_TIMEOUT_MS,
    allowAbsoluteUrls: false,
  })
}
