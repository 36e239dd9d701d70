import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda'
import * as v from 'valibot'
import { readConfig } from './config.ts'
import { type Command, type Feedback, Handoff, type Retry, type Stop, type Turn } from './handoff.ts'
import { createTelemetry } from './telemetry.ts'
import { answer } from './turn/answer.ts'
import { apologize as apologizeFor } from './turn/apologize.ts'
import { rate } from './turn/feedback.ts'
import type { Report } from './turn/report.ts'
import { stop } from './turn/stop.ts'
import { wire } from './wire.ts'

// Once an environment: Lambda keeps it for the next invocations.
const config = readConfig(process.env)
const wired = wire(config)
const telemetry = createTelemetry(config.assistant.model.prices)

/** Lambda's entry point for the alias that the edge invokes. */
export async function handler(input: unknown, lambda: Context): Promise<void> {
  try {
    const handoff = v.parse(Handoff, input)
    // An environment may have started before the secret was filled.
    if (!isOurs(handoff, await wired.identity()) && !isOurs(handoff, await wired.refreshIdentity())) {
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
        await take(handoff, lambda)
        break
      case 'stop':
      case 'feedback':
        await note(handoff, lambda)
        break
      default:
        handoff satisfies never
    }
  } catch (error) {
    throw withoutWords(error)
  } finally {
    telemetry.flush()
  }
}

function isOurs(handoff: Handoff, { teamId, appId }: { teamId: string; appId: string }): boolean {
  return handoff.teamId === teamId && handoff.appId === appId
}

/** Answers, and writes the one line about it. */
async function take(asked: Turn | Command | Retry, lambda: Context): Promise<void> {
  const remainingMs = lambda.getRemainingTimeInMillis()
  const reference = toReference(lambda.awsRequestId)
  const begunAt = Date.now()
  const slackBefore = wired.slackTally()
  let report: Report = { outcome: 'crashed' }
  try {
    report = await answer(
      asked,
      { requestId: lambda.awsRequestId, reference, endsAt: begunAt + remainingMs },
      wired.answer,
    )
  } catch (error) {
    report = { outcome: 'crashed', cause: nameOf(error) }
    throw error
  } finally {
    const { calls, rateLimited } = wired.slackTally()
    const slack = { calls: calls - slackBefore.calls, rateLimited: rateLimited - slackBefore.rateLimited }
    const times = { waitedMs: begunAt - asked.receivedAt, totalMs: Date.now() - begunAt }
    telemetry.turn(report, times, slack)
    telemetry.line('info', 'turn', {
      ...idsOf(asked),
      reference,
      ...times,
      ...report,
      slackCalls: slack.calls,
      slackRateLimited: slack.rateLimited,
    })
  }
}

/** What a person says beside questions. May be done again with the same outcome. */
async function note(handoff: Stop | Feedback, lambda: Pick<Context, 'awsRequestId'>): Promise<void> {
  const reference = toReference(lambda.awsRequestId)
  const outcome = handoff.kind === 'stop' ? await stop(handoff, wired.stop) : await rate(handoff, wired.rate)
  if (handoff.kind === 'feedback' && outcome === 'kept') telemetry.feedback(handoff.value)
  telemetry.line('info', handoff.kind, { ...idsOf(handoff), reference, outcome })
}

/** What Lambda leaves on the on-failure queue. https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html */
const FailureRecord = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    requestContext: v.object({ requestId: v.string(), condition: v.string() }),
    requestPayload: Handoff,
  }),
)

/** Lambda's entry point for the on-failure queue. A record that could not be told of stays in the queue. */
export async function apologize(event: SQSEvent): Promise<SQSBatchResponse> {
  const batchItemFailures: SQSBatchResponse['batchItemFailures'] = []
  for (const { messageId, body, attributes } of event.Records) {
    let log: Record<string, unknown> = {}
    try {
      const { requestContext, requestPayload } = v.parse(FailureRecord, body)
      const { requestId, condition } = requestContext
      const reference = toReference(requestId)
      log = { ...idsOf(requestPayload), reference, condition }
      if (requestPayload.kind === 'stop' || requestPayload.kind === 'feedback') {
        await note(requestPayload, { awsRequestId: requestId })
        continue
      }
      const outcome = await apologizeFor(
        requestPayload,
        { requestId, reference, recordId: messageId, receives: Number(attributes.ApproximateReceiveCount) },
        wired.apologize,
      )
      if (outcome === 'told') telemetry.apology()
      telemetry.line('info', 'apology', { ...log, outcome })
    } catch (error) {
      telemetry.line('error', 'apology', { ...log, outcome: 'failed', cause: nameOf(error) })
      batchItemFailures.push({ itemIdentifier: messageId })
    }
  }
  telemetry.flush()
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

/** What Lambda writes into the log: where it was thrown, and by which name. A message can quote what it choked on. */
function withoutWords(error: unknown): Error {
  const frames =
    error instanceof Error
      ? (error.stack?.replace(error.message, '').match(/^\s+at .*:\d+:\d+\)?$/gm) ?? [])
      : []
  return Object.assign(new Error(nameOf(error)), { stack: [nameOf(error), ...frames].join('\n') })
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error
}
