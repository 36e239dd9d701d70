import { createHash } from 'node:crypto'
import { Sha256 } from '@aws-crypto/sha256-js'
import { SignatureV4 } from '@smithy/signature-v4'
import { describe, expect, test } from 'vitest'
import type { ReceivedRequest } from '../../playground/received-request.ts'
import { checkSigV4 } from '../../playground/sigv4.ts'

const KEY = { accessKeyId: 'AKIAFAKEEDGE', secretAccessKey: 'fake-edge-secret' }
const NOW = Date.UTC(2026, 10, 23, 10, 15)
const HOST = '127.0.0.1:4100'
const hashOf = (body: string) => createHash('sha256').update(body).digest('hex')

/** A signed request with the body `{}`, whose signature covers all of `headers`. */
async function signed(headers: Record<string, string> = { host: HOST }): Promise<ReceivedRequest> {
  const signer = new SignatureV4({ credentials: KEY, region: 'us-east-1', service: 'lambda', sha256: Sha256 })
  const request = {
    method: 'POST',
    protocol: 'http:',
    hostname: '127.0.0.1',
    path: '/2015-03-31/functions/answerer/invocations',
    query: { Qualifier: 'live' },
    headers: { ...headers },
    body: '{}',
  }
  const result = await signer.sign(request, { signingDate: new Date(NOW) })
  const url = `${request.path}?Qualifier=live`
  return { method: 'POST', url, headers: { host: HOST, ...result.headers }, body: Buffer.from('{}') }
}

const check = (request: ReceivedRequest) =>
  checkSigV4(request, { ...KEY, region: 'us-east-1', service: 'lambda', now: NOW })

/** The request with a part of its Authorization header replaced. */
const withAuthorization = (request: ReceivedRequest, from: string | RegExp, to: string): ReceivedRequest => {
  const authorization = String(request.headers.authorization)
  expect(authorization).toMatch(from)
  return { ...request, headers: { ...request.headers, authorization: authorization.replace(from, to) } }
}

describe('a signature', () => {
  test('is valid for the request that was signed', async () => {
    expect(await check(await signed())).toBeUndefined()
  })

  test('is refused if the body is not the one whose hash is a signed header', async () => {
    const request = await signed({ host: HOST, 'x-amz-content-sha256': hashOf('{}') })
    expect(await check(request)).toBeUndefined()
    expect(await check({ ...request, body: Buffer.from('{"changed":true}') })).toMatchObject({
      status: 403,
      code: 'InvalidSignatureException',
      message: expect.stringContaining('does not match the signature you provided'),
    })
  })

  test('is refused if it does not cover the host', async () => {
    expect(await check(await signed({}))).toMatchObject({
      code: 'InvalidSignatureException',
      message: "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
    })
  })

  test.each([
    ['another day', '/20261123/', '/20261122/', 'Date in Credential scope does not match'],
    ['another terminator', '/aws4_request', '/aws5_request', 'a valid terminator'],
  ])('is refused if its scope has %s', async (_, from, to, message) => {
    expect(await check(withAuthorization(await signed(), from, to))).toMatchObject({
      code: 'InvalidSignatureException',
      message: expect.stringContaining(message),
    })
  })

  test.each([
    ['a signature', /, Signature=.*/, '', "requires 'Signature' parameter"],
    ['signed headers', /SignedHeaders=[^,]*, /, '', "requires 'SignedHeaders' parameter"],
    ['five parts in its scope', '/us-east-1/', '/', 'exactly 5 slash-delimited elements'],
    ['a known algorithm', 'AWS4-HMAC-SHA256', 'AWS4-ECDSA', "Unsupported AWS 'algorithm'"],
  ])('is incomplete without %s', async (_, from, to, message) => {
    expect(await check(withAuthorization(await signed(), from, to))).toMatchObject({
      code: 'IncompleteSignatureException',
      message: expect.stringContaining(message),
    })
  })
})
