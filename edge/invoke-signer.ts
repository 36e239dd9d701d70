import { AwsV4Signer } from 'aws4fetch'
import type { Credentials } from './credentials.ts'

/** Signs the body of one invoke. Returns the headers to send with it. */
export type SignInvoke = (body: string, credentials: Credentials) => Promise<Record<string, string>>

/** Replaced by the time of each invoke. */
const PLACEHOLDER = { date: '00000000T000000Z', day: '00000000' }

/**
 * Signs invokes of one URL with AWS Signature Version 4. Constructing aws4fetch's signer parses the URL and
 * sorts the headers, which costs as much as the signature and gives the same result for every invoke. So we
 * construct one signer for each set of credentials, and derive from it a signer for each invoke.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function createInvokeSigner(url: string, region: string): SignInvoke {
  let prepared: { credentials: Credentials; signer: AwsV4Signer } | undefined

  return async (body, credentials) => {
    if (prepared?.credentials !== credentials)
      prepared = { credentials, signer: prepareSigner(url, region, credentials) }
    const datetime = new Date().toISOString().replace(/[:-]|\.\d{3}/g, '')
    const signer: AwsV4Signer = Object.create(prepared.signer)
    signer.body = body
    signer.datetime = datetime
    signer.canonicalHeaders = signer.canonicalHeaders.replace(PLACEHOLDER.date, datetime)
    signer.credentialString = signer.credentialString.replace(PLACEHOLDER.day, datetime.slice(0, 8))
    return {
      'content-type': 'application/json',
      'x-amz-invocation-type': 'Event',
      'x-amz-date': datetime,
      ...(credentials.sessionToken !== undefined && { 'x-amz-security-token': credentials.sessionToken }),
      authorization: await signer.authHeader(),
    }
  }
}

function prepareSigner(url: string, region: string, credentials: Credentials): AwsV4Signer {
  return new AwsV4Signer({
    ...credentials,
    method: 'POST',
    url,
    headers: { 'x-amz-invocation-type': 'Event' },
    service: 'lambda',
    region,
    datetime: PLACEHOLDER.date,
    // The derived signing keys, one for each day.
    cache: new Map(),
  })
}
