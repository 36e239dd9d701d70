import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'

/** Attempts of the AWS SDK, the first included. If a tenth of them fails, one call in 100,000 is lost. */
export const DYNAMO_ATTEMPTS = 5

/**
 * Timeout of the first two attempts. DynamoDB answers within some 10 ms; a new process on a busy machine is
 * slower.
 */
export const DYNAMO_TIMEOUT_MS = 700

/** Each later attempt waits twice as long as the one before, up to this: a slow table answers in the end. */
export const DYNAMO_TIMEOUT_MOST_MS = 5_000

/** Timeout of an attempt, counted from 1. */
export function dynamoTimeoutMs(attempt: number): number {
  return Math.min(DYNAMO_TIMEOUT_MS * 2 ** Math.max(0, attempt - 2), DYNAMO_TIMEOUT_MOST_MS)
}

/** Gives each attempt of the client's calls its timeout. Returns the client. */
export function withGrowingTimeouts(client: DynamoDBClient): DynamoDBClient {
  const { requestHandler } = client.config
  const handle = requestHandler.handle.bind(requestHandler)
  requestHandler.handle = (request, options) =>
    handle(request, { ...options, requestTimeout: dynamoTimeoutMs(attemptOf(request.headers)) })
  return client
}

/** The SDK's retries number themselves in a header: `amz-sdk-request: attempt=2; max=5`. */
function attemptOf(headers: Record<string, string>): number {
  return Number(/attempt=(\d+)/.exec(headers['amz-sdk-request'] ?? '')?.[1] ?? 1)
}
