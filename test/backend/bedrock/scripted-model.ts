import type { BedrockRuntimeClient, ConverseStreamOutput } from '@aws-sdk/client-bedrock-runtime'
import { createConverse } from '../../../backend/bedrock/converse.ts'
import type { Delta } from '../../../backend/prompt/model.ts'

const PROMPT = { system: 'Be brief.', history: [], question: 'where does the VPN guide live?' }

/** An event after a pause, an error, or a silence that only an abort ends. */
export type Step = { afterMs: number; event: ConverseStreamOutput } | { error: Error } | 'silence'

export interface Exchange {
  deltas: Delta[]
  /** The kind of a Failure, else the error's name; undefined while the request runs and if it succeeds. */
  failure: string | undefined
  done: boolean
  /** True once the request is aborted. */
  aborted(): boolean
  /** Aborts the request as the caller. */
  abort(): void
}

export function namedError(name: string): Error {
  return Object.assign(new Error(name), { name })
}

/** Asks a model that does these steps. `opening`: what happens before the stream opens. */
export function ask(
  steps: readonly Step[],
  opening: Step[] = [],
  leaveAfter = Number.POSITIVE_INFINITY,
): Exchange {
  let abortSignal: AbortSignal | undefined
  const aborted = () =>
    new Promise<never>((_, reject) =>
      abortSignal?.addEventListener('abort', () => reject(namedError('AbortError'))),
    )
  async function* stream(of: readonly Step[]) {
    for (const step of of) {
      if (step === 'silence') await aborted()
      else if ('error' in step) throw step.error
      else {
        if (step.afterMs > 0)
          await Promise.race([new Promise((resolve) => setTimeout(resolve, step.afterMs)), aborted()])
        yield step.event
      }
    }
  }
  const client = {
    async send(_: unknown, options: { abortSignal: AbortSignal }) {
      abortSignal = options.abortSignal
      for await (const _event of stream(opening));
      return { stream: stream(steps) }
    },
  } as unknown as BedrockRuntimeClient
  const converse = createConverse(client, { modelId: 'fake.model-v1:0', maxTokens: 100 })
  const caller = new AbortController()
  const exchange: Exchange = {
    deltas: [],
    failure: undefined,
    done: false,
    aborted: () => abortSignal?.aborted === true,
    abort: () => caller.abort(),
  }
  void (async () => {
    try {
      for await (const delta of converse(PROMPT, caller.signal)) {
        exchange.deltas.push(delta)
        if (exchange.deltas.length === leaveAfter) break
      }
    } catch (error) {
      exchange.failure = (error as { kind?: string }).kind ?? (error as Error).name
    }
    exchange.done = true
  })()
  return exchange
}
