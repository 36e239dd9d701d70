import {
  type BedrockRuntimeClient,
  type ContentBlock,
  ConverseStreamCommand,
  type ConverseStreamOutput,
  type Message,
} from '@aws-sdk/client-bedrock-runtime'
import type { Model } from '../assistant.ts'
import { Failure } from '../failure.ts'
import type { Converse, StopInfo } from '../prompt/model.ts'
import type { Prompt } from '../prompt/prompt.ts'
import { explain } from './guardrail.ts'
import { failureKindOf } from './model-failure.ts'
import { refusesThinking, thinkingFields } from './thinking.ts'

/**
 * The longest silence until the first text. A Lambda that was frozen can hold a dead HTTP/2 session, and a
 * model may think in silence after its first event.
 */
export const FIRST_TEXT_MS = 30_000

/** The longest silence after the first text. */
export const NEXT_EVENT_MS = 20_000

/** The model, how it is called, and the guardrail that reads what people ask and what it writes. */
interface ConverseOptions extends Pick<Model, 'maxTokens' | 'thinking' | 'effort'> {
  modelId: string
  guardrail?: { id: string; version: string } | undefined
}

/**
 * Asks the model and yields its answer as it is written. When the caller leaves the loop or aborts `signal`,
 * we abort the request: otherwise the model would run on, and we would pay for it. Throws a Failure:
 * answer_interrupted after the first text, model_silent or one of model-failure.ts before it. If `signal` is
 * aborted it throws whatever the SDK throws; the caller knows the reason.
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html
 */
export function createConverse(client: BedrockRuntimeClient, model: ConverseOptions): Converse {
  const { modelId, maxTokens, guardrail } = model
  // Empty as soon as the model has refused it: an answer after thinking is better than none.
  let thinking = thinkingFields(model)
  return async function* converse(prompt, signal) {
    const stop = new AbortController()
    let timedOut = false
    let started = false
    const onSilence = () => {
      timedOut = true
      stop.abort()
    }
    let timer = setTimeout(onSilence, FIRST_TEXT_MS)
    const written = { text: 0, thought: 0 }
    const info: StopInfo = { stopReason: 'unknown', inputTokens: 0, outputTokens: 0, cachedTokens: 0 }
    try {
      const request = {
        modelId,
        system: [{ text: prompt.system }],
        messages: toMessages(prompt, guardrail !== undefined),
        inferenceConfig: { maxTokens },
        ...(guardrail && {
          guardrailConfig: {
            guardrailIdentifier: guardrail.id,
            guardrailVersion: guardrail.version,
            trace: 'enabled' as const,
            // In async mode the guardrail masks nothing, and we would show text before it has read it.
            streamProcessingMode: 'sync' as const,
          },
        }),
      }
      const options = { abortSignal: AbortSignal.any([stop.signal, signal]) }
      const open = () => client.send(new ConverseStreamCommand({ ...request, ...thinking }), options)
      const { stream } = await open().catch((error: unknown) => {
        if (!refusesThinking(error, thinking)) throw error
        thinking = {}
        return open()
      })
      for await (const event of stream ?? []) {
        const { text, reasoningContent } = event.contentBlockDelta?.delta ?? {}
        if (text) started = true
        written.text += text?.length ?? 0
        // A thought can be hidden: then only its signature comes.
        if (reasoningContent) written.thought += Math.max(1, reasoningContent.text?.length ?? 0)
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
    // Bedrock counts thinking among the output tokens, so we divide them as the characters are divided.
    const share = written.thought / (written.thought + written.text)
    yield {
      kind: 'end',
      ...info,
      ...(written.thought > 0 && { thinkingTokens: Math.round(info.outputTokens * share) }),
    }
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
