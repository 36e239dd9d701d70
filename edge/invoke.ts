import type { Handoff } from '../backend/handoff.ts'
import type { Bindings } from './bindings.ts'
import { type CredentialsSource, credentialsFromSecrets } from './credentials.ts'
import { createInvokeSigner } from './invoke-signer.ts'

/** For one attempt. Slack waits 3 s for the acknowledgement, and the queue's 0.8 s must fit in as well. */
export const INVOKE_TIMEOUT_MS = 1_200

/**
 * Lambda did not accept the handoff, or did not confirm it in time. `status` is 0 if there was no response.
 */
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
 * Signs and sends handoffs as asynchronous invocations of the alias in LAMBDA_FUNCTION. Throws InvokeFailed.
 * Lambda may have accepted a handoff even if the invoke timed out.
 * https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
export function createInvoke(
  env: Bindings,
  fetch: typeof globalThis.fetch,
  credentials: CredentialsSource = credentialsFromSecrets(env),
): Invoke {
  const endpoint = env.LAMBDA_ENDPOINT ?? `https://lambda.${env.AWS_REGION}.amazonaws.com`
  const url = `${endpoint}/2015-03-31/functions/${encodeURIComponent(env.LAMBDA_FUNCTION)}/invocations`
  const sign = createInvokeSigner(url, env.AWS_REGION)

  // aws4fetch's own fetch retries ten times and waits about 26 s in all. Slack hangs up after 3 s.
  async function send(handoff: Handoff): Promise<Response> {
    const signal = AbortSignal.timeout(INVOKE_TIMEOUT_MS)
    const body = JSON.stringify(handoff)
    const headers = await sign(body, await credentials(signal))
    return fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal })
  }

  return async (handoff) => {
    const response = await send(handoff).catch((cause) => {
      throw new InvokeFailed(0, { cause })
    })
    // A 202 has no body.
    if (response.status === 202) return
    // An unread body would hold the connection.
    await response.arrayBuffer().catch(() => undefined)
    throw new InvokeFailed(response.status)
  }
}
