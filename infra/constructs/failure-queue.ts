import { Duration, RemovalPolicy } from 'aws-cdk-lib'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { Key } from 'aws-cdk-lib/aws-kms'
import type { DestinationConfig, IDestination, IFunction } from 'aws-cdk-lib/aws-lambda'
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'

/**
 * Six times what the function behind a queue may take, as AWS asks for: a message must not be seen again while somebody
 * still works on it. https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
 */
const VISIBILITY_FACTOR = 6

/**
 * How often a record is tried, three minutes apart: for an hour in which DynamoDB or Slack is away, which is as long as a
 * question may wait for its answer.
 */
const RECEIVES = 20

/** Only a function that is not running leaves a record in the queue for long. */
const RETENTION = Duration.days(1)

/** Long enough for whoever comes back from a long weekend; the record holds a question. */
const DEAD_LETTER_RETENTION = Duration.days(7)

/**
 * Where Lambda leaves what it gave up, for the apology, and where the apology leaves what it could not tell.
 * These two queues are the only place in AWS where people's words come to rest, and the only thing with a key of its own:
 * to read them takes the key as well as the queue, and each use of the key stands in CloudTrail.
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
      // AWS deletes it thirty days later, longer than anything is kept in the queues.
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

  /** As the on-failure destination of a function: it may put in, with a data key of ours, and not take out. */
  bind(_scope: Construct, fn: IFunction): DestinationConfig {
    fn.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [this.queue.queueArn] }),
    )
    // SQS asks for Decrypt too where it uses a data key again.
    // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
    const keys = new PolicyStatement({
      actions: ['kms:GenerateDataKey', 'kms:Decrypt'],
      resources: [this.#key.keyArn],
    })
    fn.grantPrincipal.addToPrincipalPolicy(keys)
    return { destination: this.queue.queueArn }
  }
}
