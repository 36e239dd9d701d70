import type { Call } from '../../playground/calls.ts'
import { median, ms, percentile, table } from './table.ts'

/** We want to be at most 3 % and 40 ms slower than the floor. */
const AIM = { addMs: 40, share: 1.03 }
/** We want at most so many round trips in sequence before we ask the model. */
const AIM_IN_SEQUENCE = 4

export function firstTextTable({ ours, floor }: Record<'ours' | 'floor', number[]>): string {
  const aim = median(floor) * AIM.share + AIM.addMs
  const row = (name: string, all: number[]) => [
    name,
    ms(median(all)),
    (median(all) / median(floor)).toFixed(3),
    ms(percentile(all, 90)),
  ]
  return table(
    `From the hand-off to the first visible words of the model (medians of ${ours.length} turns; aim: ${ms(aim)} ms, ${median(ours) <= aim ? 'reached' : 'not reached'})`,
    ['', 'ms', '×', 'p90 ms'],
    [row('ours', ours), row('floor', floor)],
  )
}

export function callsTable(title: string, calls: readonly Call[]): string {
  const slack = Map.groupBy(
    calls.filter(({ to }) => to === 'slack'),
    ({ method }) => method,
  )
  return table(
    title,
    ['', 'calls'],
    [
      ...[...slack].map(([method, made]) => [method, String(made.length)]),
      ['all', String(calls.filter(({ to }) => to === 'slack').length)],
    ],
  )
}

/**
 * The critical path to the model, followed backwards: before each call comes the one that ended last before
 * it began. chat.startStream is left out, because it runs in parallel with all of them.
 */
function inSequence(calls: readonly Call[]): Call[] {
  const chain: Call[] = []
  let next = calls.find(({ method }) => method === 'ConverseStream')
  while (next) {
    const { at } = next
    const ended = calls.filter(
      (call) => call.to !== 'lambda' && call.method !== 'chat.startStream' && call.at + call.ms <= at,
    )
    next = ended.sort((a, b) => b.at + b.ms - (a.at + a.ms))[0]
    if (next) chain.unshift(next)
  }
  return chain
}

export function sequenceTable(alone: readonly Call[], later: readonly Call[]): string {
  const row = (name: string, calls: readonly Call[]) => {
    const chain = inSequence(calls)
    return [name, String(chain.length), chain.map(({ method }) => method).join(' → ')]
  }
  return table(
    `Round trips in sequence before the model is asked (aim: at most ${AIM_IN_SEQUENCE})`,
    ['', 'trips', ''],
    [row('a question that opens a thread', alone), row('a later question', later)],
  )
}
