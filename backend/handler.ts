import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda'
import * as v from 'valibot'
import { readConfig } from './config.ts'
import { type Command, type Feedback, Handoff, type Retry, type Stop, type Turn } from './handoff.ts'
import { createTelemetry } from './telemetry.ts'
import { answer } from './turn/answer.ts'
import { apologize as apologizeFor } from './turn/apologize.ts'
import { recordFeedback } from './turn/feedback.ts'
import type { Report } from './turn/report.ts'
import { stop } from './turn/stop.ts'
import { wire } from './wire.ts'

// Once for each environment: Lambda keeps it for the next invocations.
const config = readConfig(process.env)
const backend = wire(config)
const telemetry = createTelemetry(config.assistant.model.prices)

/** Lambda's entry point for the alias that the edge invokes. */
export async function handler(input: unknown, lambda: Context): Promise<void> {
  try {
    const handoff = v.parse(Handoff, input)
    // This environment may have started before the secret was filled.
    if (
      !isForThisApp(handoff, await backend.identity()) &&
      !isForThisApp(handoff, await backend.refreshIdentity())
    ) {
      telemetry.line('info', 'turn', {
        ...idsOf(handoff),
        reference: toReference(lambda.awsRequestId),
        outcome: 'refused',
      })
      return
    }
    switch (handoff.kind) {
      case 'turn':
      case 'command':
      case 'retry':
        await answerTurn(handoff, lambda)
        break
      case 'stop':
      case 'feedback':
        await recordSignal(handoff, lambda)
        break
      default:
        handoff satisfies never
    }
  } catch (error) {
    throw redactError(error)
  } finally {
    telemetry.flush()
  }
}

function isForThisApp(handoff: Handoff, { teamId, appId }: { teamId: string; appId: string }): boolean {
  return handoff.teamId === teamId && handoff.appId === appId
}

/** Answers, and writes the one log line of the turn. */
async function answerTurn(handoff: Turn | Command | Retry, lambda: Context): Promise<void> {
  const startedAt = Date.now()
  const endsAt = startedAt + lambda.getRemainingTimeInMillis()
  const requestId = lambda.awsRequestId
  const reference = toReference(requestId)
  const slackBefore = backend.slackTally()
  let report: Report = { outcome: 'crashed' }
  try {
    report = await answer(handoff, { requestId, reference, endsAt }, backend.answer)
  } catch (error) {
    report = { outcome: 'crashed', cause: nameOf(error) }
    throw error
  } finally {
    const { calls, rateLimited } = backend.slackTally()
    const slack = { calls: calls - slackBefore.calls, rateLimited: rateLimited - slackBefore.rateLimited }
    const times = { waitedMs: startedAt - handoff.receivedAt, totalMs: Date.now() - startedAt }
    telemetry.turn(report, times, slack)
    telemetry.line('info', 'turn', {
      ...idsOf(handoff),
      reference,
      ...times,
      ...report,
      slackCalls: slack.calls,
      slackRateLimited: slack.rateLimited,
    })
  }
}

/** Stop presses and thumbs. Idempotent. */
async function recordSignal(
  handoff: Stop | Feedback,
  { awsRequestId }: Pick<Context, 'awsRequestId'>,
): Promise<void> {
  const outcome =
    handoff.kind === 'stop'
      ? await stop(handoff, backend.stop)
      : await recordFeedback(handoff, backend.feedback)
  if (handoff.kind === 'feedback' && outcome === 'kept') telemetry.feedback(handoff.value)
  telemetry.line('info', handoff.kind, {
    ...idsOf(handoff),
    reference: toReference(awsRequestId),
    outcome,
  })
}

/**
 * The record that Lambda leaves on the on-failure queue.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
const FailureRecord = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    requestContext: v.object({ requestId: v.string(), condition: v.string() }),
    requestPayload: Handoff,
  }),
)

/**
 * Lambda's entry point for the on-failure queue. A record whose turn we could not apologize for stays in the
 * queue.
 */
export async function apologize(event: SQSEvent): Promise<SQSBatchResponse> {
  const batchItemFailures: SQSBatchResponse['batchItemFailures'] = []
  for (const { messageId, body, attributes } of event.Records) {
    let ids: Record<string, unknown> = {}
    try {
      const { requestContext, requestPayload } = v.parse(FailureRecord, body)
      const { requestId, condition } = requestContext
      const reference = toReference(requestId)
      ids = { ...idsOf(requestPayload), reference, condition }
      if (requestPayload.kind === 'stop' || requestPayload.kind === 'feedback') {
        await recordSignal(requestPayload, { awsRequestId: requestId })
        continue
      }
      const outcome = await apologizeFor(
        requestPayload,
        { requestId, reference, recordId: messageId, receives: Number(attributes.ApproximateReceiveCount) },
        backend.apologize,
      )
      if (outcome === 'told') telemetry.apology()
      telemetry.line('info', 'apology', { ...ids, outcome })
    } catch (error) {
      telemetry.line('error', 'apology', { ...ids, outcome: 'failed', cause: nameOf(error) })
      batchItemFailures.push({ itemIdentifier: messageId })
    }
  }
  telemetry.flush()
  return { batchItemFailures }
}

/** The part of a handoff that we log. */
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

/** Short enough to read out, long enough to find one line among a month's. */
function toReference(requestId: string): string {
  return requestId.slice(0, 8)
}

/**
 * Keeps the name of an error and where it was thrown. Lambda logs both; a message may quote words of a
 * conversation.
 */
function redactError(error: unknown): Error {
  const frames =
    error instanceof Error
      ? (error.stack?.replace(error.message, '').match(/^\s+at .*:\d+:\d+\)?$/gm) ?? [])
      : []
  return Object.assign(new Error(nameOf(error)), { stack: [nameOf(error), ...frames].join('\n') })
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error
}
