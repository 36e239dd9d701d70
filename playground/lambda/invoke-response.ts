import type { HttpResponse } from '../far-end.ts'
import { executedVersion } from './function.ts'
import type { Invocation } from './invocations.ts'

/** The answer to an event that Lambda accepted. */
export const accepted: HttpResponse = { status: 202, headers: {}, body: '' }

/** The answer to a request that only asks whether the caller may invoke. */
export const dryRun: HttpResponse = { status: 204, headers: {}, body: '' }

/** The answer to a synchronous invocation. It is 200 even if the function failed. */
export function synchronousAnswer({ qualifier, outcome, response, error }: Invocation): HttpResponse {
  const headers = { 'content-type': 'application/json', 'x-amz-executed-version': executedVersion(qualifier) }
  if (outcome === 'succeeded') return { status: 200, headers, body: response ?? 'null' }
  return {
    status: 200,
    headers: { ...headers, 'x-amz-function-error': 'Unhandled' },
    body: JSON.stringify(error),
  }
}
