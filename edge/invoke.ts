import { AwsV4Signer } from 'aws4fetch'
import type { Handoff } from '../backend/handoff.ts'
import type { Bindings } from './bindings.ts'
import { type CredentialsSource, credentialsFromSecrets } from './credentials.ts'
import { within } from './timeout.ts'

/** One try. The acknowledgement has Slack's 3 s, and what stands behind this one must fit in them too. */
export const INVOKE_TIMEOUT_MS = 1_200

/** Lambda did not take the handoff, or did not say so in time. `status` is 0 where there was no answer. */
export class InvokeFailed extends Error {
  override readonly name = 'InvokeFailed' as const
  readonly status: number
  constructor(status: number, options?: ErrorOptions) {
    super(status === 0 ? 'Lambda did not answer' : `Lambda answered ${status}`, options)
    this.status = status
  }
}

export type Invoke = (handoff: Handoff) => Promise<void>

/**
 * Signs and sends handoffs as asynchronous invocations of the alias in LAMBDA_FUNCTION. Throws InvokeFailed; a
 * handoff that timed out may have been taken all the same.
 * https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
export function createInvoke(
  env: Bindings,
  fetch: typeof globalThis.fetch,
  credentials: CredentialsSource = credentialsFromSecrets(env),
): Invoke {
  const endpoint = env.LAMBDA_ENDPOINT ?? `https://lambda.${env.AWS_REGION}.amazonaws.com`
  const url = `${endpoint}/2015-03-31/functions/${encodeURIComponent(env.LAMBDA_FUNCTION)}/invocations`
  // The derived signing keys, one a day.
  const cache = new Map<string, ArrayBuffer>()

  // Not aws4fetch's own fetch: it sends again ten times, waiting about 26 s in all; Slack hangs up after 3.
  return async (handoff) => {
    let status = 0
    const send = async (signal: AbortSignal) => {
      const { headers, body } = await new AwsV4Signer({
        ...(await credentials()),
        method: 'POST',
        url,
        headers: { 'content-type': 'application/json', 'x-amz-invocation-type': 'Event' },
        body: JSON.stringify(handoff),
        service: 'lambda',
        region: env.AWS_REGION,
        cache,
      }).sign()
      const response = await fetch(url, {
        method: 'POST',
        headers,
        body: body ?? null,
        redirect: 'manual',
        signal,
      })
      status = response.status
      // Unread, the body would hold the connection.
      await response.arrayBuffer()
    }
    try {
      await within(INVOKE_TIMEOUT_MS, send)
    } catch (cause) {
      if (status === 0) throw new InvokeFailed(0, { cause })
    }
    if (status !== 202) throw new InvokeFailed(status)
  }
}
