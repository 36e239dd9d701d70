import { DynamoDBServiceException } from '@aws-sdk/client-dynamodb'
import type { Clock } from '../clock.ts'
import { abortAfter } from '../deadline.ts'
import { type Backoff, retry } from '../retry.ts'

/** The pauses between calls that have each used up all attempts of the AWS SDK. */
export const TABLE_BACKOFF: Backoff = { firstMs: 250, mostMs: 2_000 }

/**
 * Repeats a write that a turn cannot do without, until the table accepts or refuses it. Rejects with TimedOut
 * after `budgetMs`. The write must be safe to repeat.
 */
export function keepTrying<T>(
  clock: Clock,
  budgetMs: number,
  write: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  return abortAfter(budgetMs, new AbortController().signal, (signal) =>
    retry(
      {
        clock,
        signal,
        backoff: TABLE_BACKOFF,
        afterError: (error) => (canPass(error) ? 'back off' : 'stop'),
      },
      () => write(signal),
    ),
  )
}

/** False if DynamoDB would refuse the same call again. It reports throttling as the client's fault too. */
function canPass(error: unknown): boolean {
  if (!(error instanceof DynamoDBServiceException) || error.$fault === 'server') return true
  return /Throttl|LimitExceeded|ThroughputExceeded|InProgress|Conflict/.test(error.name)
}
