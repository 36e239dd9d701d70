import { createHash, timingSafeEqual } from 'node:crypto'
import { Sha256 } from '@aws-crypto/sha256-js'
import { SignatureV4 } from '@smithy/signature-v4'
import { headerOf, type ReceivedRequest } from './received-request.ts'

export interface ExpectedSignature {
  accessKeyId: string
  secretAccessKey: string
  sessionToken?: string
  region: string
  /** The service's name in the credential scope: `lambda`, `bedrock`, `secretsmanager`, … */
  service: string
  /** Milliseconds of the Unix epoch. */
  now: number
}

/**
 * The library can sign but not verify. So we sign the same request again, with the same date and the same
 * headers.
 */
export async function signatureMatches(
  request: ReceivedRequest,
  names: string[],
  signature: string,
  signedAt: number,
  { accessKeyId, secretAccessKey, region, service }: ExpectedSignature,
): Promise<boolean> {
  // The signer would trust this header and not compute the hash of the body.
  const claimed = headerOf(request, 'x-amz-content-sha256')
  if (claimed !== undefined && claimed !== createHash('sha256').update(request.body).digest('hex'))
    return false

  const [path = '/', search] = request.url.split('?')
  const query: Record<string, string[]> = {}
  for (const [name, value] of new URLSearchParams(search)) query[name] = [...(query[name] ?? []), value]
  // We leave the session token out, because the signer would add it as a header. If the client sent one, it
  // is among the signed headers.
  const credentials = { accessKeyId, secretAccessKey }
  const signer = new SignatureV4({ credentials, region, service, sha256: Sha256, applyChecksum: false })
  const again = await signer.sign(
    {
      method: request.method,
      protocol: 'http:',
      hostname: '',
      path,
      query,
      headers: Object.fromEntries(
        names.flatMap((name) => {
          const value = headerOf(request, name)
          return value === undefined ? [] : [[name, value]]
        }),
      ),
      body: request.body,
    },
    { signingDate: new Date(signedAt), signableHeaders: new Set(names) },
  )
  const computed = Buffer.from(parseAuthorization(again.headers.authorization ?? '').Signature ?? '')
  const received = Buffer.from(signature)
  return computed.length === received.length && timingSafeEqual(computed, received)
}

/** The parts of an Authorization header: Credential, SignedHeaders, Signature. */
export function parseAuthorization(authorization: string): Record<string, string | undefined> {
  const pairs = authorization.slice(authorization.indexOf(' ') + 1).split(/,\s*/)
  return Object.fromEntries(
    pairs.map((pair) => [pair.slice(0, pair.indexOf('=')).trim(), pair.slice(pair.indexOf('=') + 1).trim()]),
  )
}
