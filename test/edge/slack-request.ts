/** Fixtures of the edge's tests: what Slack sends, visibly fake, and signed as Slack signs it. */
export const SIGNING_SECRET = 'fake-signing-secret'
export const NOW_MS = 1_790_000_000_000

export const env = {
  SLACK_SIGNING_SECRET: SIGNING_SECRET,
  AWS_ACCESS_KEY_ID: 'AKIAFAKEEDGE',
  AWS_SECRET_ACCESS_KEY: 'fake-edge-secret',
  AWS_REGION: 'us-east-1',
  LAMBDA_FUNCTION: 'vera-answer:live',
  RELEASE: { id: 'release-fake', tag: '', timestamp: '' },
}

export async function signed(payload: unknown, changed: { headers?: Record<string, string>; secret?: string } = {}): Promise<RequestInit> {
  const body = typeof payload === 'string' ? payload : JSON.stringify(payload)
  const timestamp = String(NOW_MS / 1000)
  const key = await crypto.subtle.importKey(
    'raw',
    new TextEncoder().encode(changed.secret ?? SIGNING_SECRET),
    { name: 'HMAC', hash: 'SHA-256' },
    false,
    ['sign'],
  )
  const mac = await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(`v0:${timestamp}:${body}`))
  return {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': `v0=${new Uint8Array(mac).toHex()}`,
      ...changed.headers,
    },
  }
}

export function envelope(event: Record<string, unknown>, changed: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    token: 'fake',
    team_id: 'T00FAKE',
    context_team_id: 'T00FAKE',
    api_app_id: 'A00FAKE',
    type: 'event_callback',
    event_id: 'Ev00FAKE',
    event_time: NOW_MS / 1000,
    is_ext_shared_channel: false,
    authorizations: [{ enterprise_id: null, team_id: 'T00FAKE', user_id: 'U00VERA', is_bot: true, is_enterprise_install: false }],
    event,
    ...changed,
  }
}

export function mention(changed: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    type: 'app_mention',
    user: 'U00ADA',
    team: 'T00FAKE',
    channel: 'C00GENERAL',
    ts: '1790000000.000100',
    text: '<@U00VERA> where is the VPN guide?',
    ...changed,
  }
}

export function message(changed: Record<string, unknown> = {}): Record<string, unknown> {
  return { ...mention(), type: 'message', channel_type: 'channel', ...changed }
}
