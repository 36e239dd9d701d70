import { Duration } from 'aws-cdk-lib'
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda'
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources'
import { Construct } from 'constructs'
import { type Backend, BackendFunction } from './backend-function.ts'
import { FailureQueue } from './failure-queue.ts'

/** Time for one record: two writes to the table and two calls to Slack, each with its own timeout. */
const TIMEOUT = Duration.seconds(30)

/**
 * Apologies at the same time. Slack accepts about twenty `chat.stopStream` calls per minute, so more would
 * only wait.
 */
const CONCURRENCY = 2

/** The function that apologizes in the thread for a turn that Lambda gave up. */
export class Apologizer extends Construct {
  readonly fn: LambdaFunction
  readonly failures: FailureQueue

  constructor(scope: Construct, id: string, backend: Backend) {
    super(scope, id)
    this.failures = new FailureQueue(this, 'Failures', { consumerTimeout: TIMEOUT })
    this.fn = new BackendFunction(this, 'Apologize', {
      ...backend,
      functionName: 'vera-apologize',
      handler: 'index.apologize',
      timeout: TIMEOUT,
    }).fn
    this.fn.addEventSource(
      new SqsEventSource(this.failures.queue, {
        batchSize: 1,
        reportBatchItemFailures: true,
        maxConcurrency: CONCURRENCY,
      }),
    )
  }
}
