import type { Call } from './calls.ts'
import type { Delivery } from './slack/delivery.ts'

export interface Step {
  step:
    | 'ack'
    | 'invoke'
    | 'claim'
    | 'thread'
    | 'retrieve'
    | 'rerank'
    | 'first token'
    | 'first visible text'
    | 'done'
  /** Milliseconds since the question was posted. */
  ms: number
}

/**
 * When each step of one question was done, computed from the calls that the simulators received. Steps that
 * did not happen are missing. Only right if nothing else was asked at the same time. `postedAt` is in
 * milliseconds of the Unix epoch.
 */
export function timelineOf(
  calls: readonly Call[],
  deliveries: readonly Delivery[],
  postedAt: number,
): Step[] {
  const ended = (method: string) =>
    calls.filter((call) => call.method === method && call.status === 200).map((call) => call.at + call.ms)
  const acknowledged = deliveries
    .filter(({ state }) => state === 'acknowledged')
    .flatMap(({ attempts }) => attempts.slice(-1).map(({ at, ms }) => at + ms))
  const shown = calls
    .filter((call) => call.status === 200 && showsText(call))
    .map((call) => call.at + call.ms)
  const moments: [Step['step'], number | undefined][] = [
    ['ack', first(acknowledged)],
    [
      'invoke',
      first(
        calls
          .filter(({ method, status }) => method === 'Invoke' && status === 202)
          .map(({ at, ms }) => at + ms),
      ),
    ],
    ['claim', first(ended('PutItem'))],
    ['thread', first(ended('conversations.replies'))],
    ['retrieve', last(ended('Retrieve'))],
    ['rerank', last(ended('Rerank'))],
    ['first token', first(calls.flatMap(({ marks }) => marks.firstToken ?? []))],
    ['first visible text', first(shown)],
    ['done', last([...shown, ...ended('chat.stopStream')])],
  ]
  return moments
    .flatMap(([step, at]) => (at === undefined ? [] : [{ step, ms: Math.round(at - postedAt) }]))
    .sort((a, b) => a.ms - b.ms)
}

/** True if a call to Slack showed text of an answer, and not only steps or sources. */
function showsText({ method, args }: Call): boolean {
  if (method === 'chat.postMessage') return true
  if (method !== 'chat.startStream' && method !== 'chat.appendStream' && method !== 'chat.stopStream')
    return false
  if (args.markdown_text) return true
  return Array.isArray(args.chunks) && args.chunks.some((chunk) => chunk?.type === 'markdown_text')
}

function first(moments: readonly number[]): number | undefined {
  return moments.length > 0 ? Math.min(...moments) : undefined
}

function last(moments: readonly number[]): number | undefined {
  return moments.length > 0 ? Math.max(...moments) : undefined
}
