import type { webcrypto } from 'node:crypto'

/**
 * The smallest Worker without libraries that does the edge's main job: it checks the age and the signature of
 * a mention over the raw bytes, and hands it to Lambda by one asynchronous Invoke, signed with WebCrypto
 * alone. A floor to measure our Worker against, not an example: it accepts one kind of event, trusts the
 * body's shape, has no size limit and no queue, and writes no log.
 */
interface Bindings {
  SLACK_SIGNING_SECRET: string
  AWS_ACCESS_KEY_ID: string
  AWS_SECRET_ACCESS_KEY: string
  AWS_REGION: string
  LAMBDA_FUNCTION: string
  LAMBDA_ENDPOINT: string
}

const encoder = new TextEncoder()
const HMAC = { name: 'HMAC', hash: 'SHA-256' }

/** Cached per isolate: importing one key and deriving the other costs more than a signature. */
let slackKey: Promise<webcrypto.CryptoKey> | undefined
let signingKey: { day: string; key: Promise<webcrypto.CryptoKey> } | undefined

export default {
  async fetch(request: Request, env: Bindings): Promise<Response> {
    const receivedAt = Date.now()
    const body = new Uint8Array(await request.arrayBuffer())
    const timestamp = request.headers.get('x-slack-request-timestamp') ?? ''
    const hex = /^v0=([0-9a-f]{64})$/.exec(request.headers.get('x-slack-signature') ?? '')?.[1]
    const fresh = Math.abs(receivedAt / 1000 - Number(timestamp)) <= 300
    if (!hex || !fresh || !(await signedBySlack(body, timestamp, hex, env)))
      return new Response('Unauthorized', { status: 401 })

    const {
      event,
      event_id: eventId,
      team_id: teamId,
      api_app_id: appId,
      authorizations,
    } = JSON.parse(new TextDecoder().decode(body))
    const handoff = {
      kind: 'turn',
      id: `${appId}:${teamId}:${event.channel}:${event.ts}`,
      teamId,
      appId,
      receivedAt,
      eventId,
      botUserId: authorizations[0].user_id,
      trigger: event.type,
      channel: event.channel,
      channelType: 'channel',
      ts: event.ts,
      threadTs: event.thread_ts ?? event.ts,
      userId: event.user,
      userTeamId: event.team ?? teamId,
      text: event.text.slice(0, 16_000),
      slackRetryNum: Number(request.headers.get('x-slack-retry-num') ?? 0),
    }
    return new Response(null, {
      status: (await invoke(JSON.stringify(handoff), receivedAt, env)) === 202 ? 200 : 503,
    })
  },
}

async function signedBySlack(
  body: Uint8Array,
  timestamp: string,
  hex: string,
  env: Bindings,
): Promise<boolean> {
  slackKey ??= crypto.subtle.importKey('raw', encoder.encode(env.SLACK_SIGNING_SECRET), HMAC, false, [
    'verify',
  ])
  const head = encoder.encode(`v0:${timestamp}:`)
  const signed = new Uint8Array(head.length + body.length)
  signed.set(head)
  signed.set(body, head.length)
  const signature = Uint8Array.from({ length: 32 }, (_, n) =>
    Number.parseInt(hex.slice(2 * n, 2 * n + 2), 16),
  )
  return crypto.subtle.verify('HMAC', await slackKey, signature, signed)
}

async function invoke(payload: string, now: number, env: Bindings): Promise<number> {
  const date = `${new Date(now).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`
  const day = date.slice(0, 8)
  const url = new URL(
    `${env.LAMBDA_ENDPOINT}/2015-03-31/functions/${encodeURIComponent(env.LAMBDA_FUNCTION)}/invocations`,
  )
  // The canonical request encodes the path a second time, for every service except S3.
  const path = url.pathname.replaceAll('%', '%25')
  const canonical =
    `POST\n${path}\n\nhost:${url.host}\nx-amz-date:${date}\nx-amz-invocation-type:Event\n\n` +
    `host;x-amz-date;x-amz-invocation-type\n${toHex(await crypto.subtle.digest('SHA-256', encoder.encode(payload)))}`
  const scope = `${day}/${env.AWS_REGION}/lambda/aws4_request`
  const hash = toHex(await crypto.subtle.digest('SHA-256', encoder.encode(canonical)))
  if (signingKey?.day !== day) signingKey = { day, key: deriveKey(day, env) }
  const signature = toHex(await mac(await signingKey.key, `AWS4-HMAC-SHA256\n${date}\n${scope}\n${hash}`))
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-amz-date': date,
      'x-amz-invocation-type': 'Event',
      authorization: `AWS4-HMAC-SHA256 Credential=${env.AWS_ACCESS_KEY_ID}/${scope}, SignedHeaders=host;x-amz-date;x-amz-invocation-type, Signature=${signature}`,
    },
    body: payload,
    signal: AbortSignal.timeout(1_200),
  }).catch(() => undefined)
  await response?.arrayBuffer()
  return response?.status ?? 0
}

async function deriveKey(day: string, env: Bindings): Promise<webcrypto.CryptoKey> {
  let key = await hmacKey(encoder.encode(`AWS4${env.AWS_SECRET_ACCESS_KEY}`))
  for (const part of [day, env.AWS_REGION, 'lambda', 'aws4_request'])
    key = await hmacKey(await mac(key, part))
  return key
}

function hmacKey(raw: Uint8Array<ArrayBuffer> | ArrayBuffer): Promise<webcrypto.CryptoKey> {
  return crypto.subtle.importKey('raw', raw, HMAC, false, ['sign'])
}

function mac(key: webcrypto.CryptoKey, text: string): Promise<ArrayBuffer> {
  return crypto.subtle.sign('HMAC', key, encoder.encode(text))
}

function toHex(bytes: ArrayBuffer): string {
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
