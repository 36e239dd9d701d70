import { type AwsAccount, executedVersion, functionArn } from './function.ts'
import type { Invocation } from './invocations.ts'

/** The record that Lambda sends to an on-failure destination after it gave up an asynchronous invocation. */
export interface FailureRecord {
  version: '1.0'
  timestamp: string
  requestContext: {
    requestId: string
    functionArn: string
    condition: 'RetriesExhausted' | 'EventAgeExceeded'
    approximateInvokeCount: number
  }
  requestPayload: unknown
  /** This and `responsePayload` are missing if the function never ran. */
  responseContext?: { statusCode: 200; executedVersion: string; functionError: 'Unhandled' }
  responsePayload?: unknown
}

/**
 * The record of an invocation that failed, was killed, timed out or became too old. With no retries it ran at
 * most once.
 */
export function failureRecord(invocation: Invocation, account: AwsAccount): FailureRecord {
  const { requestId, functionName, qualifier, payload, error, outcome, endedAt } = invocation
  const expired = outcome === 'expired'
  return {
    version: '1.0',
    timestamp: new Date(endedAt ?? invocation.at).toISOString(),
    requestContext: {
      requestId,
      functionArn: functionArn(account, functionName, qualifier),
      condition: expired ? 'EventAgeExceeded' : 'RetriesExhausted',
      approximateInvokeCount: expired ? 0 : 1,
    },
    requestPayload: payload,
    ...(expired
      ? {}
      : {
          responseContext: {
            statusCode: 200,
            executedVersion: executedVersion(qualifier),
            functionError: 'Unhandled',
          },
          responsePayload: error,
        }),
  }
}
