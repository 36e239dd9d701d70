import {
  type BedrockRuntimeClient,
  type ContentBlock,
  ConverseStreamCommand,
  type ConverseStreamOutput,
  type Message,
} from '@aws-sdk/client-bedrock-runtime'
import { Failure } from '../failure.ts'
import type { Converse, StopInfo } from '../prompt/model.ts'
import type { Prompt } from '../prompt/prompt.ts'
import { explain } from './guardrail.ts'
import { failureKindOf } from './model-failure.ts'

/**
 * The longest silence until the first text. A Lambda that was frozen can hold a dead HTTP/2 session, and a
 * model may think in silence after its first event.
 */
export const FIRST_TEXT_MS = 30_000

/** The longest silence after the first text. */
export const NEXT_EVENT_MS = 20_000

/**
 * Asks the model and yields its answer as it is written. When the caller leaves the loop or aborts `signal`,
 * we abort the request: otherwise the model would run on, and we would pay for it. Throws a Failure:
 * answer_interrupted after the first text, model_silent or one of model-failure.ts before it. If `signal` is
 * aborted it throws whatever the SDK throws; the caller knows the reason.
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html
 */
export function createConverse(
  client: BedrockRuntimeClient,
  {
    modelId,
    maxTokens,
    guardrail,
  }: { modelId: string; maxTokens: number; guardrail?: { id: string; version: string } | undefined },
): Converse {
  return async function* converse(prompt, signal) {
    const stop = new AbortController()
    let timedOut = false
    let started = false
    const onSilence = () => {
      timedOut = true
      stop.abort()
    }
    let timer = setTimeout(onSilence, FIRST_TEXT_MS)
    const info: StopInfo = { stopReason: 'unknown', inputTokens: 0, outputTokens: 0, cachedTokens: 0 }
    try {
      const { stream } = await client.send(
        new ConverseStreamCommand({
          modelId,
          system: [{ text: prompt.system }],
          messages: toMessages(prompt, guardrail !== undefined),
          inferenceConfig: { maxTokens },
          ...(guardrail && {
            guardrailConfig: {
              guardrailIdentifier: guardrail.id,
              guardrailVersion: guardrail.version,
              trace: 'enabled',
              // In async mode the guardrail masks nothing, and we would show text before it has read it.
              streamProcessingMode: 'sync',
            },
          }),
        }),
        { abortSignal: AbortSignal.any([stop.signal, signal]) },
      )
      for await (const event of stream ?? []) {
        const text = event.contentBlockDelta?.delta?.text
        if (text) started = true
        clearTimeout(timer)
        timer = setTimeout(onSilence, started ? NEXT_EVENT_MS : FIRST_TEXT_MS)
        if (text) yield { kind: 'text', text }
        addTo(info, event)
      }
      // A stream that is aborted or cut off can end without an error. Only its last events are missing then.
      if (info.stopReason === 'unknown') throw new Error('the stream ended without messageStop')
    } catch (cause) {
      if (signal.aborted) throw cause
      if (started) throw new Failure('answer_interrupted', { cause })
      if (timedOut) throw new Failure('model_silent', { cause })
      throw new Failure(failureKindOf(cause), { cause })
    } finally {
      clearTimeout(timer)
      stop.abort()
    }
    yield { kind: 'end', ...info }
  }
}

/** Roles must alternate, so the question joins the last message if a person wrote that. */
function toMessages(prompt: Prompt, guarded: boolean): Message[] {
  const question: ContentBlock[] = [
    ...(prompt.material === undefined ? [] : [{ text: prompt.material }]),
    // If content is marked, the guardrail reads nothing else: neither the passages nor other messages.
    guarded ? { guardContent: { text: { text: prompt.question } } } : { text: prompt.question },
  ]
  const messages: Message[] = prompt.history.map(({ role, text }) => ({ role, content: [{ text }] }))
  const last = messages.at(-1)
  if (last?.role === 'user') last.content?.push(...question)
  else messages.push({ role: 'user', content: question })
  return messages
}

function addTo(info: StopInfo, { messageStop, metadata }: ConverseStreamOutput): void {
  if (messageStop?.stopReason) {
    info.stopReason = messageStop.stopReason
    // The metadata that follows says more. If it is lost, something was blocked for all we know.
    if (info.stopReason === 'guardrail_intervened') info.guardrail = { on: 'answer', rules: [] }
  }
  if (!metadata) return
  info.inputTokens = metadata.usage?.inputTokens ?? 0
  info.outputTokens = metadata.usage?.outputTokens ?? 0
  info.cachedTokens = metadata.usage?.cacheReadInputTokens ?? 0
  if (info.stopReason !== 'guardrail_intervened') return
  const intervention = explain(metadata.trace?.guardrail)
  if (intervention) info.guardrail = intervention
  else delete info.guardrail
}
