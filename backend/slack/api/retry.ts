import { type NextTry, type RetryLimits, retry } from '../../retry.ts'
import type { WriteResult } from './write-result.ts'

/**
 * Repeats a write that Slack may carry out twice (a stop, an update with the whole content) until it is done
 * or refused. Waits as long as Slack asks. If Slack does not answer, backs off and tries again, at most
 * `tries` times.
 */
export function retryWrite<T>(
  limits: RetryLimits,
  write: () => Promise<WriteResult<T>>,
): Promise<WriteResult<T>> {
  return retry<WriteResult<T>>({ ...limits, afterValue: nextTry }, write)
}

function nextTry(result: WriteResult<unknown>): NextTry {
  if (result.outcome === 'wait') return { waitMs: result.waitMs }
  return result.outcome === 'unknown' ? 'back off' : 'stop'
}

/**
 * Creates a message that must not be there twice. If Slack does not say whether it has created it, looks for
 * it, and creates it again only if it is not there, at most `tries` times. Rejects if `find` does.
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
