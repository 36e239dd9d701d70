declare const verified: unique symbol

/** A request body that carried Slack's signature. Made in this file and nowhere else; parsers take nothing less. */
export type VerifiedBody = string & { readonly [verified]: true }

/** Why a request is not Slack's. For the log; the caller learns nothing of it. */
export type Rejection =
  | { reason: 'header_missing'; header: string }
  | { reason: 'header_malformed'; header: string }
  | { reason: 'stale'; skewSeconds: number }
  | { reason: 'mismatch' }

export type Verdict =
  | { outcome: 'verified'; body: VerifiedBody }
  | { outcome: 'rejected'; rejection: Rejection }

/** Slack's own advice is five minutes; unlike its libraries we refuse the future as well. */
export const FRESHNESS_SECONDS = 300

const HMAC = { name: 'HMAC', hash: 'SHA-256' }
const SIGNATURE = 'x-slack-signature'
const TIMESTAMP = 'x-slack-request-timestamp'
const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** The signing secret as WebCrypto takes it. Throws where it is empty. */
export function importSigningKey(signingSecret: string): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', encoder.encode(signingSecret), HMAC, false, ['verify'])
}

/**
 * Checks Slack's request signature, version v0, over the bytes as they came.
 * `nowMs` is in milliseconds of the Unix epoch. Never throws; takes the same time for any wrong signature.
 * https://docs.slack.dev/authentication/verifying-requests-from-slack
 */
export async function checkSignature(
  body: Uint8Array,
  headers: Headers,
  key: CryptoKey,
  nowMs: number,
): Promise<Verdict> {
  const signature = headers.get(SIGNATURE)
  if (signature === null) return reject({ reason: 'header_missing', header: SIGNATURE })
  const timestamp = headers.get(TIMESTAMP)
  if (timestamp === null) return reject({ reason: 'header_missing', header: TIMESTAMP })

  // A header sent twice arrives here joined by a comma, and fits neither pattern.
  const hex = /^v0=([0-9a-f]{64})$/.exec(signature)?.[1]
  if (hex === undefined) return reject({ reason: 'header_malformed', header: SIGNATURE })
  if (!/^\d{1,12}$/.test(timestamp)) return reject({ reason: 'header_malformed', header: TIMESTAMP })

  const skewSeconds = nowMs / 1000 - Number(timestamp)
  if (!(Math.abs(skewSeconds) <= FRESHNESS_SECONDS))
    return reject({ reason: 'stale', skewSeconds: Math.round(skewSeconds) })

  const signed = join(encoder.encode(`v0:${timestamp}:`), body)
  // WebCrypto compares in constant time.
  if (!(await crypto.subtle.verify('HMAC', key, Uint8Array.fromHex(hex), signed)))
    return reject({ reason: 'mismatch' })
  return { outcome: 'verified', body: decoder.decode(body) as VerifiedBody }
}

function reject(rejection: Rejection): Verdict {
  return { outcome: 'rejected', rejection }
}

function join(head: Uint8Array, tail: Uint8Array): Uint8Array {
  const joined = new Uint8Array(head.length + tail.length)
  joined.set(head)
  joined.set(tail, head.length)
  return joined
}
