import { type AwsAccount, executedVersion, functionArn } from './function.ts'
import type { Invocation } from './invocations.ts'

/** What Lambda sends to an on-failure destination about an asynchronous invocation that it gave up. */
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
  /** This and the next are missing where the function never ran. */
  responseContext?: { statusCode: 200; executedVersion: string; functionError: 'Unhandled' }
  responsePayload?: unknown
}

/** The record of an invocation that failed, was killed, timed out or grew too old. With retries 0, it ran once at most. */
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
