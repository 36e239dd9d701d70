import { createHash, randomUUID } from 'node:crypto'
import { type Clock, wait } from '../clock.ts'
import type { AwsAccount } from './function.ts'
import type { Invocation } from './invocations.ts'
import type { FailureRecord } from './on-failure.ts'

export interface DeadLetter {
  messageId: string
  /** The queue's name. */
  queue: string
  record: FailureRecord
  receiveCount: number
}

export interface FailureQueue {
  /**
   * Delivers the record to the function behind the queue. Resolves when the function took it, or when it
   * became a dead letter.
   */
  deliver(queue: string, record: FailureRecord, invoke: (event: string) => Promise<Invocation>): Promise<void>
  deadLetters: readonly DeadLetter[]
  close(): void
}

/**
 * The queues between the functions: SQS with an event source mapping of batch size 1 that reports batch item
 * failures. A message that the function did not take is delivered again `visibilityTimeoutMs` after it was
 * received, up to `maxReceiveCount` times in all.
 */
export function createFailureQueue(options: {
  clock: Clock
  account: AwsAccount
  visibilityTimeoutMs: number
  maxReceiveCount: number
}): FailureQueue {
  const { clock, account, visibilityTimeoutMs, maxReceiveCount } = options
  const deadLetters: DeadLetter[] = []
  const closing = new AbortController()

  return {
    deadLetters,
    async deliver(queue, record, invoke) {
      const message = { messageId: randomUUID(), body: JSON.stringify(record), sentAt: clock.now() }
      let firstReceivedAt: number | undefined
      for (let receiveCount = 1; !closing.signal.aborted; receiveCount++) {
        const receivedAt = clock.now()
        firstReceivedAt ??= receivedAt
        const processed = isProcessed(
          await invoke(JSON.stringify(sqsEvent(queue, message, { receiveCount, firstReceivedAt }))),
        )
        if (processed || closing.signal.aborted) return
        if (receiveCount >= maxReceiveCount) {
          deadLetters.push({ messageId: message.messageId, queue, record, receiveCount })
          return
        }
        await wait(receivedAt + visibilityTimeoutMs - clock.now(), clock, closing.signal)
      }
    },
    close: () => closing.abort(),
  }

  function sqsEvent(
    queue: string,
    { messageId, body, sentAt }: { messageId: string; body: string; sentAt: number },
    { receiveCount, firstReceivedAt }: { receiveCount: number; firstReceivedAt: number },
  ): object {
    return {
      Records: [
        {
          messageId,
          receiptHandle: randomUUID(),
          body,
          attributes: {
            ApproximateReceiveCount: String(receiveCount),
            SentTimestamp: String(sentAt),
            SenderId: account.accountId,
            ApproximateFirstReceiveTimestamp: String(firstReceivedAt),
          },
          messageAttributes: {},
          md5OfBody: createHash('md5').update(body).digest('hex'),
          eventSource: 'aws:sqs',
          eventSourceARN: `arn:aws:sqs:${account.region}:${account.accountId}:${queue}`,
          awsRegion: account.region,
        },
      ],
    }
  }
}

/**
 * The batch has one message, so any reported item fails it; SQS fails the whole batch for a missing or
 * unknown id. A response without a list, with an empty one, or null counts as success ("Implementing partial
 * batch responses").
 */
function isProcessed({ outcome, response }: Invocation): boolean {
  if (outcome !== 'succeeded') return false
  const failures = (JSON.parse(response ?? 'null') as { batchItemFailures?: unknown } | null)
    ?.batchItemFailures
  return !Array.isArray(failures) || failures.length === 0
}
