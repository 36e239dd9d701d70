import { MAYBE_DONE, RATE_LIMITED, slackError } from './error-codes.ts'

/** The shortest wait that we believe. Slack, or a proxy before it, may ask for none at all. */
export const LEAST_WAIT_MS = 500

/** Slack asked us to wait. */
export class RateLimited extends Error {
  override readonly name = 'RateLimited' as const
  readonly waitMs: number
  constructor(askedMs: number, options?: ErrorOptions) {
    const waitMs = Math.max(LEAST_WAIT_MS, askedMs)
    super(`asked to wait ${waitMs} ms`, options)
    this.waitMs = waitMs
  }
}

/** Our wait if Slack limits the rate without naming one. */
export const UNSTATED_WAIT_MS = 1_000

/**
 * The result of a write. `refused` and `wait`: Slack has not carried it out. `unknown`: Slack may have
 * carried it out, because the response was lost, was not JSON, or says so. No Slack write has an idempotency
 * key.
 */
export type WriteResult<T> =
  | { outcome: 'done'; value: T }
  | { outcome: 'wait'; waitMs: number }
  | { outcome: 'refused'; code: string; error: Error }
  | { outcome: 'unknown'; error: unknown }

/** The result of a write that has thrown `error`. */
export function toWriteResult(error: unknown): Exclude<WriteResult<never>, { outcome: 'done' }> {
  if (error instanceof RateLimited) return { outcome: 'wait', waitMs: error.waitMs }
  const code = slackError(error)
  // The client passes the text of a response that is not JSON off as an error code.
  const isCode = code !== undefined && /^[a-z_]+$/.test(code)
  if (!(error instanceof Error) || !isCode || MAYBE_DONE.has(code)) return { outcome: 'unknown', error }
  if (RATE_LIMITED.has(code)) return { outcome: 'wait', waitMs: UNSTATED_WAIT_MS }
  return { outcome: 'refused', code, error }
}

/** The value of a write that was done. Throws every other result. */
export function unwrap<T>(result: WriteResult<T>): T {
  if (result.outcome === 'done') return result.value
  throw toError(result)
}

export function toError(result: Exclude<WriteResult<unknown>, { outcome: 'done' }>): unknown {
  return result.outcome === 'wait' ? new RateLimited(result.waitMs) : result.error
}
