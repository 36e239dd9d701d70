import { type NextTry, type RetryLimits, retry } from '../../retry.ts'
import type { WriteResult } from './client.ts'

/**
 * Repeats a write that may be carried out twice (a stop, an update with the whole content) until it is done or refused.
 * Waits as long as Slack asks. If Slack does not answer, backs off and tries again, at most `tries` times.
 */
export function retryWrite<T>(limits: RetryLimits, write: () => Promise<WriteResult<T>>): Promise<WriteResult<T>> {
  return retry<WriteResult<T>>({ ...limits, afterValue: nextTry }, write)
}

function nextTry(attempt: WriteResult<unknown>): NextTry {
  if (attempt.outcome === 'wait') return { waitMs: attempt.waitMs }
  return attempt.outcome === 'unknown' ? 'back off' : 'stop'
}

/**
 * Makes a message that must not be there twice. If Slack does not say whether it has made it, looks for it, and makes
 * it again only if it is not there: at most `tries` times. Rejects if `find` does.
 */
export function createOnce(
  limits: RetryLimits,
  create: () => Promise<WriteResult<string>>,
  find: () => Promise<string | undefined>,
): Promise<WriteResult<string>> {
  const afterValue = ({ outcome }: WriteResult<string>) => (outcome === 'unknown' ? 'back off' : 'stop')
  return retry({ ...limits, afterValue }, async () => {
    const created = await create()
    if (created.outcome !== 'unknown') return created
    const ts = await find()
    return ts === undefined ? created : { outcome: 'done', value: ts }
  })
}
