declare const verified: unique symbol

/**
 * A request body with a valid signature of Slack. Only this file can create one, and the parsers accept
 * nothing else.
 */
export type VerifiedBody = string & { readonly [verified]: true }

/** The reason why we reject a request. It goes into the log, never to the caller. */
export type Rejection =
  | { reason: 'header_missing'; header: string }
  | { reason: 'header_malformed'; header: string }
  | { reason: 'stale'; skewSeconds: number }
  | { reason: 'mismatch' }

export type Verdict =
  | { outcome: 'verified'; body: VerifiedBody }
  | { outcome: 'rejected'; rejection: Rejection }

/** Slack advises five minutes. Unlike Slack's libraries, we also reject timestamps in the future. */
export const FRESHNESS_SECONDS = 300

const HMAC = { name: 'HMAC', hash: 'SHA-256' }
const SIGNATURE = 'x-slack-signature'
const TIMESTAMP = 'x-slack-request-timestamp'
const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** Imports the signing secret for WebCrypto. Throws if it is empty. */
export function importSigningKey(signingSecret: string): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', encoder.encode(signingSecret), HMAC, false, ['verify'])
}

/**
 * Checks Slack's request signature, version v0, over the raw bytes. `nowMs` is in milliseconds of the Unix
 * epoch. Never throws. Takes the same time for every wrong signature.
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

  // If a header was sent twice, we get both values joined by a comma, which match neither pattern.
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
