import { Logger } from '@aws-lambda-powertools/logger'
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda'
import * as v from 'valibot'
import { answer, type Report } from './answer.ts'
import { apologize as apologizeFor } from './apologize.ts'
import { readConfig } from './config.ts'
import { createDeadline } from './deadline.ts'
import { Handoff } from './handoff.ts'
import { wire } from './wire.ts'

// Once an environment: Lambda keeps it for the next invocations.
const wired = wire(readConfig(process.env))
const logger = new Logger({ serviceName: 'vera' })

/** Lambda's entry point for the alias that the edge invokes. */
export async function handler(input: unknown, lambda: Context): Promise<void> {
  const handoff = v.parse(Handoff, input)
  const { teamId, appId } = await wired.identity()
  const remainingMs = lambda.getRemainingTimeInMillis()
  const deadline = createDeadline(remainingMs)
  const reference = toReference(lambda.awsRequestId)
  const begunAt = Date.now()
  let report: Report | { outcome: 'refused' | 'not_supported' } | { outcome: 'crashed'; cause: string } = { outcome: 'refused' }
  try {
    if (handoff.teamId !== teamId || handoff.appId !== appId) return
    switch (handoff.kind) {
      case 'turn':
        report = await answer(handoff, { requestId: lambda.awsRequestId, reference, remainingMs, deadline: deadline.signal }, wired.answer)
        break
      case 'command':
      case 'stop':
      case 'feedback':
      case 'retry':
        report = { outcome: 'not_supported' }
        break
      default:
        handoff satisfies never
    }
  } catch (error) {
    report = { outcome: 'crashed', cause: error instanceof Error ? error.name : typeof error }
    throw error
  } finally {
    deadline.clear()
    logger.info('turn', {
      ...idsOf(handoff),
      reference,
      waitedMs: begunAt - handoff.receivedAt,
      totalMs: Date.now() - begunAt,
      ...report,
    })
  }
}

/** What Lambda leaves on the on-failure queue. https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html */
const FailureRecord = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ requestContext: v.object({ requestId: v.string(), condition: v.string() }), requestPayload: Handoff }),
)

/** Lambda's entry point for the on-failure queue. A record that could not be told of stays in the queue. */
export async function apologize(event: SQSEvent): Promise<SQSBatchResponse> {
  const batchItemFailures: SQSBatchResponse['batchItemFailures'] = []
  for (const { messageId, body } of event.Records) {
    let log: Record<string, unknown> = {}
    try {
      const { requestContext, requestPayload } = v.parse(FailureRecord, body)
      const reference = toReference(requestContext.requestId)
      log = { ...idsOf(requestPayload), reference, condition: requestContext.condition }
      // Nothing but a turn has a thread to tell, and an answer to miss.
      const outcome =
        requestPayload.kind === 'turn'
          ? await apologizeFor(requestPayload, { requestId: requestContext.requestId, reference }, wired.apologize)
          : 'nothing_to_say'
      logger.info('apology', { ...log, outcome })
    } catch (error) {
      logger.error('apology', { ...log, outcome: 'failed', cause: error instanceof Error ? error.name : typeof error })
      batchItemFailures.push({ itemIdentifier: messageId })
    }
  }
  return { batchItemFailures }
}

/** What of a handoff is logged. */
function idsOf(handoff: Handoff): Record<string, unknown> {
  switch (handoff.kind) {
    case 'turn': {
      const { kind, id, eventId, slackRetryNum } = handoff
      return { kind, id, eventId, slackRetryNum }
    }
    case 'command':
      return { kind: handoff.kind, id: handoff.id }
    case 'stop':
      return { kind: handoff.kind, eventId: handoff.eventId }
    case 'feedback':
    case 'retry':
      return { kind: handoff.kind, id: handoff.turnId }
  }
}

/** Short enough to read out, and long enough to find one line among a month's. */
function toReference(requestId: string): string {
  return requestId.slice(0, 8)
}
