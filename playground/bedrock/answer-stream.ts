import { randomUUID } from 'node:crypto'
import type { Call } from '../calls.ts'
import type { Clock } from '../clock.ts'
import { framesTo } from './event-stream.ts'
import type { ResponseStream } from './h2c-server.ts'
import type { StopReason } from './models/model.ts'
import type { StreamFault } from './stream-fault.ts'

/** The end of a call, for the record of calls. */
export interface CallResult {
  status: number
  error?: string
}

/**
 * Sends the events of one ConverseStream in their order: messageStart, the deltas of each content block with
 * its contentBlockStop, messageStop, metadata. As with Claude, text has no contentBlockStart. `broken` is set
 * after the client has gone or the fault has happened; nothing is sent after that.
 */
export function answerStream(
  reply: ResponseStream,
  call: Call,
  clock: Clock,
  fault: StreamFault | undefined,
) {
  const frames = framesTo(reply)
  let block: { index: number; kind: 'text' | 'reasoning' } | undefined
  let blocks = 0
  let texts = 0
  let broken: Promise<CallResult> | undefined
  reply.signal.addEventListener('abort', () => (broken ??= Promise.resolve({ status: 0 })))

  function applyFault({ ending }: StreamFault): Promise<CallResult> {
    if (ending === 'silence') {
      return new Promise((resolve) =>
        reply.signal.addEventListener('abort', () => resolve({ status: 0 }), { once: true }),
      )
    }
    if (typeof ending === 'string') {
      reply[ending]()
      return Promise.resolve({ status: 0 })
    }
    const { exception, ...payload } = ending
    frames.exception(exception, payload)
    reply.end()
    return Promise.resolve({ status: 200, error: exception })
  }

  function delta(kind: 'text' | 'reasoning', payload: unknown) {
    if (block && block.kind !== kind) closeBlock()
    block ??= { index: blocks++, kind }
    frames.event('contentBlockDelta', { contentBlockIndex: block.index, delta: payload })
  }
  function closeBlock() {
    if (block) frames.event('contentBlockStop', { contentBlockIndex: block.index })
    block = undefined
  }

  return {
    broken: () => broken,
    start() {
      reply.open({ 'content-type': 'application/vnd.amazon.eventstream', 'x-amzn-requestid': randomUUID() })
      frames.event('messageStart', { role: 'assistant' })
      call.marks.firstByte = clock.now()
    },
    text(text: string) {
      if (!broken && fault?.afterDeltas === texts) broken = applyFault(fault)
      if (broken || text === '') return
      texts += 1
      call.marks.firstToken ??= clock.now()
      delta('text', { text })
    },
    reasoning: (text: string) => broken || delta('reasoning', { reasoningContent: { text } }),
    signature: (signature: string) => broken || delta('reasoning', { reasoningContent: { signature } }),
    finish(stopReason: StopReason, metadata: object): Promise<CallResult> {
      if (!broken && fault && fault.afterDeltas >= texts) broken = applyFault(fault)
      if (broken) return broken
      closeBlock()
      frames.event('messageStop', { stopReason })
      frames.event('metadata', metadata)
      reply.end()
      return Promise.resolve({ status: 200 })
    },
  }
}
