import { AwsClient } from 'aws4fetch'
import type { Handoff } from '../backend/handoff.ts'
import type { Bindings } from './bindings.ts'

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
export function createInvoke(env: Bindings, fetch: typeof globalThis.fetch): Invoke {
  // aws4fetch retries ten times by default, waiting about 26 s in all; Slack hangs up after 3. So it only signs here.
  const signer = new AwsClient({
    accessKeyId: env.AWS_ACCESS_KEY_ID,
    secretAccessKey: env.AWS_SECRET_ACCESS_KEY,
    region: env.AWS_REGION,
    service: 'lambda',
    retries: 0,
  })
  const endpoint = env.LAMBDA_ENDPOINT ?? `https://lambda.${env.AWS_REGION}.amazonaws.com`
  const url = `${endpoint}/2015-03-31/functions/${encodeURIComponent(env.LAMBDA_FUNCTION)}/invocations`

  return async (handoff) => {
    const response = await signer
      .sign(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-amz-invocation-type': 'Event' },
        body: JSON.stringify(handoff),
      })
      .then((request) => fetch(request, { signal: AbortSignal.timeout(INVOKE_TIMEOUT_MS) }))
      .catch((cause: unknown) => {
        throw new InvokeFailed(0, { cause })
      })
    // Unread, the body would hold the connection.
    await response.arrayBuffer().catch(() => undefined)
    if (response.status !== 202) throw new InvokeFailed(response.status)
  }
}
