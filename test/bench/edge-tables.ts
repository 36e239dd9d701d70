import { median, ms, percentile, ratio, table } from './table.ts'
import type { BuiltWorker, Name } from './workers.ts'

/** One situation, and how many requests each Worker gets in one round of it. */
export interface Scene {
  lambdaMs: number
  connections: number
  requests: number
}

export const SCENES: readonly Scene[] = [
  { lambdaMs: 0, connections: 1, requests: 100 },
  { lambdaMs: 0, connections: 32, requests: 320 },
  { lambdaMs: 60, connections: 1, requests: 10 },
  { lambdaMs: 60, connections: 32, requests: 160 },
]

/** What one Worker needed in one round of one scene. */
export interface Round {
  /** Milliseconds to the acknowledgement. */
  p50: number
  /** The same of each request. */
  all: readonly number[]
  /** Milliseconds of CPU for each request; undefined if this machine has no /proc. */
  cpuMs: number | undefined
}

export type Rounds = Map<Scene, Map<Name, Round[]>>

/** Our Worker compared with the minimal Hono app, at most. */
const AIM = { p50: 1.1, cpu: 1.15, gzippedKib: 16 }

const REFERENCES = ['minimal Hono', 'hand-written'] as const

export function sceneTable(scene: Scene, rounds: Rounds): string {
  const measured = rounds.get(scene) ?? new Map<Name, Round[]>()
  const count = measured.get('ours')?.length ?? 0
  const rows = [...measured].map(([name, all]) => [
    name,
    ms(median(all.map(({ p50 }) => p50))),
    ...REFERENCES.map((reference) => ratioText(pairedRatio(all, measured.get(reference), p50Of))),
    ms(
      percentile(
        all.flatMap((round) => round.all),
        99,
      ),
    ),
    ms(median(all.flatMap(({ cpuMs }) => cpuMs ?? []))),
    ...REFERENCES.map((reference) => ratioText(pairedRatio(all, measured.get(reference), cpuOf))),
  ])
  return table(
    `Lambda answers ${scene.lambdaMs === 0 ? 'at once' : `after ${scene.lambdaMs} ms`}, ` +
      `${scene.connections} ${scene.connections === 1 ? 'connection' : 'connections'} ` +
      `(medians of ${count} rounds of ${scene.requests} requests)`,
    ['', 'ack p50 ms', '× Hono', '× hand', 'ack p99 ms', 'CPU ms a request', '× Hono', '× hand'],
    rows,
  )
}

export function sizeTable(workers: readonly BuiltWorker[]): string {
  const kib = (bytes: number) => (bytes / 1024).toFixed(1)
  const reference = workers.find(({ name }) => name === 'minimal Hono')?.gzippedBytes
  const rows = workers.map(({ name, minifiedBytes, gzippedBytes }) => [
    name,
    kib(minifiedBytes),
    kib(gzippedBytes),
    ratio(gzippedBytes, reference),
  ])
  return table('Size', ['', 'minified KiB', 'gzipped KiB', '× Hono'], rows)
}

export function firstTable(first: ReadonlyMap<Name, readonly number[]>): string {
  const count = first.get('ours')?.length ?? 0
  const reference = median(first.get('minimal Hono') ?? [])
  const rows = [...first].map(([name, all]) => [
    name,
    ms(median(all)),
    ratio(median(all), reference),
    ms(Math.min(...all)),
    ms(Math.max(...all)),
  ])
  return table(
    `The first request to a new isolate, with its start (medians of ${count} new workerds)`,
    ['', 'ack ms', '× Hono', 'least', 'most'],
    rows,
  )
}

export function aimsTable(workers: readonly BuiltWorker[], rounds: Rounds): string {
  const kib = (workers.find(({ name }) => name === 'ours')?.gzippedBytes ?? 0) / 1024
  const worst = (of: (round: Round) => number | undefined) =>
    Math.max(
      ...SCENES.map((scene) =>
        pairedRatio(rounds.get(scene)?.get('ours'), rounds.get(scene)?.get('minimal Hono'), of),
      ),
    )
  const row = (what: string, aim: number, reached: number, unit: string) => [
    what,
    `≤ ${aim} ${unit}`,
    `${reached.toFixed(2)} ${unit}`,
    Number.isNaN(reached) ? 'not measured' : reached <= aim ? 'reached' : 'not reached',
  ]
  return table(
    'Aims (ratios to the minimal Hono app, the worst of the four situations)',
    ['', 'aim', 'is', ''],
    [
      row('ack p50', AIM.p50, worst(p50Of), '×'),
      row('CPU', AIM.cpu, worst(cpuOf), '×'),
      row('gzipped', AIM.gzippedKib, kib, 'KiB'),
    ],
  )
}

const p50Of = ({ p50 }: Round) => p50
const cpuOf = ({ cpuMs }: Round) => cpuMs

/** The median of the ratios within each round; NaN if nothing was measured. */
function pairedRatio(
  all: readonly Round[] = [],
  reference: readonly Round[] = [],
  of: (round: Round) => number | undefined,
): number {
  return median(
    all.flatMap((round, n) => {
      const value = of(round)
      const base = reference[n] && of(reference[n])
      return value === undefined || base === undefined ? [] : [value / base]
    }),
  )
}

function ratioText(value: number): string {
  return Number.isNaN(value) ? '–' : value.toFixed(2)
}
