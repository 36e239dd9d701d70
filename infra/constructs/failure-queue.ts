import { Duration, RemovalPolicy } from 'aws-cdk-lib'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { Key } from 'aws-cdk-lib/aws-kms'
import type { DestinationConfig, IDestination, IFunction } from 'aws-cdk-lib/aws-lambda'
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'

/**
 * AWS recommends a visibility timeout of six times the function's timeout, so that no message is delivered
 * again while the function still works on it.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
 */
const VISIBILITY_FACTOR = 6

/**
 * Attempts for one record, three minutes apart. Together they last an hour, as long as a question may wait
 * for its answer, in case DynamoDB or Slack is down.
 */
const RECEIVES = 20

/** A record only stays in the queue this long if the function does not run at all. */
const RETENTION = Duration.days(1)

/**
 * Long enough for an operator who comes back from a long weekend. Not longer, because the record holds a
 * question.
 */
const DEAD_LETTER_RETENTION = Duration.days(7)

/**
 * Lambda puts turns that it gave up into `queue`, for the apology. Records for which the apology failed go to
 * `deadLetters`. Only these two queues in AWS store people's words, so only they have their own key: a reader
 * needs the key as well as the queue, and CloudTrail records each use of the key.
 */
export class FailureQueue extends Construct implements IDestination {
  readonly queue: Queue
  readonly deadLetters: Queue
  readonly #key: Key

  constructor(scope: Construct, id: string, { consumerTimeout }: { consumerTimeout: Duration }) {
    super(scope, id)
    this.#key = new Key(this, 'Key', {
      description: 'Encrypts the queues with the questions that Vera could not answer',
      enableKeyRotation: true,
      // AWS deletes the key after thirty days, later than anything in the queues.
      removalPolicy: RemovalPolicy.DESTROY,
    })
    const encrypted = { encryption: QueueEncryption.KMS, encryptionMasterKey: this.#key, enforceSSL: true }
    this.deadLetters = new Queue(this, 'DeadLetters', {
      ...encrypted,
      retentionPeriod: DEAD_LETTER_RETENTION,
    })
    this.queue = new Queue(this, 'Queue', {
      ...encrypted,
      retentionPeriod: RETENTION,
      visibilityTimeout: Duration.seconds(consumerTimeout.toSeconds() * VISIBILITY_FACTOR),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: RECEIVES },
    })
  }

  /** Makes the queue the on-failure destination of a function, which may send to it, but not receive from it. */
  bind(_scope: Construct, fn: IFunction): DestinationConfig {
    fn.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [this.queue.queueArn] }),
    )
    // SQS also needs Decrypt, to use a data key again.
    // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
    const keys = new PolicyStatement({
      actions: ['kms:GenerateDataKey', 'kms:Decrypt'],
      resources: [this.#key.keyArn],
    })
    fn.grantPrincipal.addToPrincipalPolicy(keys)
    return { destination: this.queue.queueArn }
  }
}
