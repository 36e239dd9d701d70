// Requests from Slack for the edge's tests: visibly fake, and signed like Slack's.

export const SIGNING_SECRET = 'fake-signing-secret'
export const NOW_MS = 1_790_000_000_000

const HMAC = { name: 'HMAC', hash: 'SHA-256' }
const encoder = new TextEncoder()

export interface SigningOptions {
  headers?: Record<string, string>
  secret?: string
  /** The time of the signature, in seconds of the Unix epoch. */
  seconds?: number
}

/** A signed request with any body. */
export async function signed(
  body: string | Uint8Array<ArrayBuffer>,
  changed: SigningOptions = {},
): Promise<RequestInit & { headers: Record<string, string> }> {
  const { secret = SIGNING_SECRET, seconds = NOW_MS / 1000 } = changed
  const bytes = typeof body === 'string' ? encoder.encode(body) : body
  const head = encoder.encode(`v0:${seconds}:`)
  const whole = new Uint8Array(head.length + bytes.length)
  whole.set(head)
  whole.set(bytes, head.length)
  const mac = await crypto.subtle.sign('HMAC', await signingKey(secret), whole)
  return {
    method: 'POST',
    body: bytes,
    headers: {
      'content-type': 'application/json',
      'x-slack-request-timestamp': String(seconds),
      'x-slack-signature': `v0=${new Uint8Array(mac).toHex()}`,
      ...changed.headers,
    },
  }
}

const keys = new Map<string, CryptoKey>()

async function signingKey(secret: string): Promise<CryptoKey> {
  const key =
    keys.get(secret) ?? (await crypto.subtle.importKey('raw', encoder.encode(secret), HMAC, false, ['sign']))
  keys.set(secret, key)
  return key
}

export type Fields = Record<string, unknown>

export function envelope(event: Fields, changed: Fields = {}): Fields {
  return {
    token: 'fake',
    team_id: 'T00FAKE',
    context_team_id: 'T00FAKE',
    context_enterprise_id: null,
    api_app_id: 'A00FAKE',
    type: 'event_callback',
    event_id: 'Ev00FAKE',
    event_time: NOW_MS / 1000,
    event_context: '4-fake',
    is_ext_shared_channel: false,
    authorizations: [
      {
        enterprise_id: null,
        team_id: 'T00FAKE',
        user_id: 'U00VERA',
        is_bot: true,
        is_enterprise_install: false,
      },
    ],
    event,
    ...changed,
  }
}

export function mention(changed: Fields = {}): Fields {
  return {
    type: 'app_mention',
    user: 'U00ADA',
    team: 'T00FAKE',
    channel: 'C00GENERAL',
    ts: '1790000000.000100',
    event_ts: '1790000000.000100',
    text: '<@U00VERA> where is the VPN guide?',
    ...changed,
  }
}

export function message(changed: Fields = {}): Fields {
  return { ...mention(), type: 'message', channel_type: 'channel', ...changed }
}

export function stopped(changed: Fields = {}): Fields {
  return {
    type: 'agent_session_stopped',
    channel: 'C00GENERAL',
    user: 'U00ADA',
    thread_ts: '1790000000.000100',
    streaming_message_ts: ['1790000000.000200'],
    event_ts: '1790000001.000100',
    ...changed,
  }
}

/** The payload of a click, https://docs.slack.dev/reference/interaction-payloads/block_actions-payload */
export function click(action: Fields, changed: Fields = {}): Fields {
  return {
    type: 'block_actions',
    user: { id: 'U00ADA', username: 'ada', name: 'ada', team_id: 'T00FAKE' },
    api_app_id: 'A00FAKE',
    token: 'fake',
    container: {
      type: 'message',
      message_ts: '1790000000.000200',
      channel_id: 'C00GENERAL',
      is_ephemeral: false,
      thread_ts: '1790000000.000100',
    },
    trigger_id: '1.00.fake-trigger',
    team: { id: 'T00FAKE', domain: 'fake' },
    enterprise: null,
    is_enterprise_install: false,
    channel: { id: 'C00GENERAL', name: 'general' },
    message: {
      type: 'message',
      user: 'U00VERA',
      ts: '1790000000.000200',
      thread_ts: '1790000000.000100',
      text: 'An answer.',
    },
    state: { values: {} },
    response_url: 'https://hooks.slack.com/actions/T00FAKE/1/fake',
    actions: [{ block_id: 'b1', action_ts: '1790000001.000100', ...action }],
    ...changed,
  }
}

export const TURN_ID = 'A00FAKE:T00FAKE:C00GENERAL:1790000000.000100'

export function thumb(value = `${TURN_ID}|1|positive`): Fields {
  return {
    type: 'feedback_buttons',
    action_id: 'feedback',
    value,
    text: { type: 'plain_text', text: 'Good' },
  }
}

export function tryAgain(value = `${TURN_ID}|1`): Fields {
  return { type: 'button', action_id: 'retry', value, text: { type: 'plain_text', text: 'Try again' } }
}

/** The form of a slash command. */
export function command(changed: Record<string, string> = {}): Record<string, string> {
  return {
    token: 'fake',
    team_id: 'T00FAKE',
    team_domain: 'fake',
    channel_id: 'C00GENERAL',
    channel_name: 'general',
    user_id: 'U00ADA',
    user_name: 'ada',
    command: '/vera',
    text: 'where is the VPN guide?',
    api_app_id: 'A00FAKE',
    is_enterprise_install: 'false',
    response_url: 'https://hooks.slack.com/commands/T00FAKE/1/fake',
    trigger_id: '1.00.fake-trigger',
    ...changed,
  }
}

export function form(fields: Record<string, string>): string {
  return new URLSearchParams(fields).toString()
}
