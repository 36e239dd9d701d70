import { headerOf, type ReceivedRequest } from './received-request.ts'
import { lateness, parseBasicDate } from './sigv4-date.ts'
import { type ExpectedSignature, parseAuthorization, signatureMatches } from './sigv4-signature.ts'

/** Services that speak AWS JSON refuse a signature with 400, services that speak REST with 403. */
const REFUSES_WITH_400 = new Set(['dynamodb', 'secretsmanager'])

const MISMATCH =
  'The request signature we calculated does not match the signature you provided. ' +
  'Check your AWS Secret Access Key and signing method. Consult the service documentation for details.'

export interface SignatureRefusal {
  status: number
  code: string
  message: string
}

/**
 * Checks the AWS Signature Version 4 in the Authorization header by computing it again. Undefined if it is
 * valid, otherwise AWS's answer. AWS checks in this order: date, host, scope, key id, signature, session
 * token. Signatures in the query (presigned URLs) are not supported.
 */
export async function checkSigV4(
  request: ReceivedRequest,
  expected: ExpectedSignature,
): Promise<SignatureRefusal | undefined> {
  const status = REFUSES_WITH_400.has(expected.service) ? 400 : 403
  const refuse = (code: string, message: string): SignatureRefusal => ({ status, code, message })
  const header = (name: string) => headerOf(request, name)

  const authorization = header('authorization')
  if (!authorization?.startsWith('AWS4-')) {
    const message =
      status === 400 ? 'Request is missing Authentication Token' : 'Missing Authentication Token'
    return refuse('MissingAuthenticationTokenException', message)
  }
  const date = header('x-amz-date')
  const given = parseAuthorization(authorization)
  const incomplete = [
    ...['Credential', 'Signature', 'SignedHeaders']
      .filter((name) => !given[name])
      .map((name) => `Authorization header requires '${name}' parameter.`),
    ...(date ? [] : ["Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."]),
  ]
  const { Credential: credential, Signature: signature, SignedHeaders: signedHeaders } = given
  if (!credential || !signature || !signedHeaders || !date) {
    return refuse('IncompleteSignatureException', `${incomplete.join(' ')} Authorization=${authorization}`)
  }

  const signedAt = parseBasicDate(date)
  if (signedAt === undefined) {
    return refuse(
      'IncompleteSignatureException',
      `Date must be in ISO-8601 'basic format'. Got '${date}'. See http://en.wikipedia.org/wiki/ISO_8601`,
    )
  }
  const late = lateness(signedAt, expected.now)
  if (late) return refuse('InvalidSignatureException', late)

  const names = signedHeaders.split(';')
  if (!names.includes('host') && !names.includes(':authority')) {
    return refuse(
      'InvalidSignatureException',
      "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
    )
  }
  if (!authorization.startsWith('AWS4-HMAC-SHA256 ')) {
    const algorithm = authorization.split(' ')[0]
    return refuse(
      'IncompleteSignatureException',
      `Unsupported AWS 'algorithm': '${algorithm}' (only AWS4-HMAC-SHA256 for now). `,
    )
  }
  const scope = credential.split('/')
  if (scope.length !== 5) {
    const form =
      'Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term'
    return refuse('IncompleteSignatureException', `${form}, got '${credential}'`)
  }
  const outOfScope = scopeFaults(scope, date, expected)
  if (outOfScope) return refuse('InvalidSignatureException', outOfScope)

  if (scope[0] !== expected.accessKeyId) {
    return refuse('UnrecognizedClientException', 'The security token included in the request is invalid.')
  }
  if (!(await signatureMatches(request, names, signature, signedAt, expected)))
    return refuse('InvalidSignatureException', MISMATCH)
  if (header('x-amz-security-token') !== expected.sessionToken) {
    return refuse('UnrecognizedClientException', 'The security token included in the request is invalid.')
  }
  return undefined
}

function scopeFaults(
  [, day, region, service, terminator]: string[],
  date: string,
  expected: ExpectedSignature,
): string | undefined {
  const faults = []
  if (region !== expected.region)
    faults.push(`Credential should be scoped to a valid region, not '${region}'. `)
  if (service !== expected.service)
    faults.push(`Credential should be scoped to correct service: '${expected.service}'. `)
  if (terminator !== 'aws4_request') {
    faults.push(`Credential should be scoped with a valid terminator: 'aws4_request', not '${terminator}'. `)
  }
  if (day !== date.slice(0, 8)) {
    const days = `'${day}' != '${date.slice(0, 8)}', from '${date}'`
    faults.push(
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: ${days}.`,
    )
  }
  return faults.length > 0 ? faults.join('') : undefined
}
