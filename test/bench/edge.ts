import { availableParallelism } from 'node:os'
import { checkSigV4 } from '../../playground/sigv4.ts'
import { firstRequests } from './first-request.ts'
import { type Loader, startLoader } from './load.ts'
import { profile } from './profile.ts'
import { type StubLambda, startStubLambda } from './stub-lambda.ts'
import { median, ms, percentile, ratio, table } from './table.ts'
import { startWorkerd, type Workerd } from './workerd.ts'
import { CALLER } from './workerd-config.ts'
import { type BuiltWorker, buildWorkers, type Name } from './workers.ts'

/** One situation, and how many requests a round has in it: enough for a 99th percentile, few enough for an end. */
interface Scene {
  lambdaMs: number
  connections: number
  requests: number
}

const SCENES: readonly Scene[] = [
  { lambdaMs: 0, connections: 1, requests: 400 },
  { lambdaMs: 0, connections: 32, requests: 1_600 },
  { lambdaMs: 60, connections: 1, requests: 60 },
  { lambdaMs: 60, connections: 32, requests: 640 },
]
const ROUNDS = 7
/** No further round is begun after this. */
const TIME_LIMIT_MS = 100_000
/** So that V8 has optimized what it will. */
const WARM_UP = { connections: 8, requests: 2_000 }

interface Round {
  p50: number
  p99: number
  cpuMs: number | undefined
}

/** Our Worker beside the least that a Worker can do and the least that does the same, in one run. Prints; gates nothing. */
export async function benchEdge(): Promise<void> {
  const workers = await buildWorkers()
  const lambda = await startStubLambda()
  const loader = startLoader()
  try {
    console.log(`${availableParallelism()} cores, Node ${process.versions.node}\n`)
    const rounds = await race(workers, lambda, loader)
    for (const scene of SCENES) console.log(sceneTable(scene, workers, rounds))
    console.log(sizeTable(workers))
    const first = await firstRequests(workers, lambda, loader)
    console.log(firstTable(workers, first))
    console.log(aims(workers, rounds))
    console.log(await profile(workers, lambda, loader))
  } finally {
    await Promise.all([loader.close(), lambda.close()])
  }
}

type Rounds = Map<Scene, Map<Name, Round[]>>

/** All Workers stand ready, each in a workerd of its own, and take turns: so what else this machine does falls on all alike. */
async function race(workers: readonly BuiltWorker[], lambda: StubLambda, loader: Loader): Promise<Rounds> {
  const rounds: Rounds = new Map(
    SCENES.map((scene) => [scene, new Map(workers.map(({ name }) => [name, []]))]),
  )
  const started = await Promise.all(
    workers.map((worker) => startWorkerd(worker, { lambdaEndpoint: lambda.origin })),
  )
  const contestants = workers.map(({ name }, n) => ({ name, workerd: started[n] as Workerd }))
  try {
    for (const { name, workerd } of contestants) {
      await loader.send({ ...WARM_UP, port: workerd.port })
      await checkHandedOff(name, WARM_UP.requests, lambda, 0)
    }
    const start = performance.now()
    for (let round = 0; round < ROUNDS && performance.now() - start < TIME_LIMIT_MS; round++) {
      for (const scene of SCENES) {
        // Who is first in a round is so in none of the next two.
        for (const { name, workerd } of [
          ...contestants.slice(round % 3),
          ...contestants.slice(0, round % 3),
        ]) {
          await lambda.take({ delayMs: scene.lambdaMs })
          rounds
            .get(scene)
            ?.get(name)
            ?.push(await measure(scene, workerd, loader))
          await checkHandedOff(name, scene.requests, lambda, scene.lambdaMs)
        }
      }
    }
    return rounds
  } finally {
    await Promise.all(contestants.map(({ workerd }) => workerd.close()))
  }
}

async function measure({ connections, requests }: Scene, workerd: Workerd, loader: Loader): Promise<Round> {
  const before = workerd.cpuMs()
  const { ms } = await loader.send({ port: workerd.port, connections, requests })
  const after = workerd.cpuMs()
  const cpuMs = before === undefined || after === undefined ? undefined : (after - before) / requests
  return { p50: percentile(ms, 50), p99: percentile(ms, 99), cpuMs }
}

/** What is measured must be the work itself: one invocation each, and its signature holds. */
async function checkHandedOff(
  name: Name,
  requests: number,
  lambda: StubLambda,
  delayMs: number,
): Promise<void> {
  const { count, last } = await lambda.take({ delayMs })
  const expected = name === 'bare' ? 0 : requests
  if (count !== expected) throw new Error(`${name}: ${count} invocations of ${expected} requests.`)
  const refusal = last && (await checkSigV4(last, { ...CALLER, service: 'lambda', now: Date.now() }))
  if (refusal) throw new Error(`${name}: ${refusal.message}`)
}

function middle(rounds: Rounds, scene: Scene, name: Name): Round {
  const all = rounds.get(scene)?.get(name) ?? []
  const cpu = all.flatMap(({ cpuMs }) => (cpuMs === undefined ? [] : [cpuMs]))
  return {
    p50: median(all.map(({ p50 }) => p50)),
    p99: median(all.map(({ p99 }) => p99)),
    cpuMs: cpu.length > 0 ? median(cpu) : undefined,
  }
}

function sceneTable(scene: Scene, workers: readonly BuiltWorker[], rounds: Rounds): string {
  const floor = middle(rounds, scene, 'hand-written')
  const count = rounds.get(scene)?.get('ours')?.length ?? 0
  const title =
    `Lambda answers ${scene.lambdaMs === 0 ? 'at once' : `after ${scene.lambdaMs} ms`}, ` +
    `${scene.connections} ${scene.connections === 1 ? 'connection' : 'connections'} (medians of ${count} rounds of ${scene.requests} requests)`
  const rows = workers.map(({ name }) => {
    const { p50, p99, cpuMs } = middle(rounds, scene, name)
    return [
      name,
      ms(p50),
      ratio(p50, floor.p50),
      ms(p99),
      ratio(p99, floor.p99),
      ms(cpuMs),
      ratio(cpuMs, floor.cpuMs),
    ]
  })
  return table(title, ['', 'ack p50 ms', '×', 'ack p99 ms', '×', 'CPU ms a request', '×'], rows)
}

function sizeTable(workers: readonly BuiltWorker[]): string {
  const floor = workers.find(({ name }) => name === 'hand-written')?.gzippedBytes
  const rows = workers.map(({ name, minifiedBytes, gzippedBytes }) => [
    name,
    (minifiedBytes / 1024).toFixed(1),
    (gzippedBytes / 1024).toFixed(1),
    ratio(gzippedBytes, floor),
  ])
  return table('Size', ['', 'minified KiB', 'gzipped KiB', '×'], rows)
}

function firstTable(workers: readonly BuiltWorker[], first: ReadonlyMap<Name, readonly number[]>): string {
  const floor = median(first.get('hand-written') ?? [])
  const rows = workers.map(({ name }) => {
    const all = first.get(name) ?? []
    return [name, ms(median(all)), ratio(median(all), floor), ms(Math.min(...all)), ms(Math.max(...all))]
  })
  const count = first.get('ours')?.length ?? 0
  return table(
    `The first request in a new isolate, with its start (${count} new workerds each)`,
    ['', 'ack ms', '×', 'least', 'most'],
    rows,
  )
}

function aims(workers: readonly BuiltWorker[], rounds: Rounds): string {
  const kib = (workers.find(({ name }) => name === 'ours')?.gzippedBytes ?? 0) / 1024
  const worst = (of: (round: Round) => number | undefined) =>
    Math.max(
      ...SCENES.map(
        (scene) =>
          (of(middle(rounds, scene, 'ours')) ?? Number.NaN) /
          (of(middle(rounds, scene, 'hand-written')) ?? Number.NaN),
      ),
    )
  const row = (what: string, aim: number, reached: number, unit: string) => [
    what,
    `≤ ${aim}${unit}`,
    `${reached.toFixed(2)}${unit}`,
    Number.isNaN(reached) ? 'not measured' : reached <= aim ? 'reached' : 'not reached',
  ]
  return table(
    'Aims (ratios to the hand-written Worker, the worst of the four situations)',
    ['', 'aim', 'is', ''],
    [
      row(
        'ack p50',
        1.2,
        worst(({ p50 }) => p50),
        ' ×',
      ),
      row(
        'CPU',
        1.3,
        worst(({ cpuMs }) => cpuMs),
        ' ×',
      ),
      row('gzipped', 16, kib, ' KiB'),
    ],
  )
}
