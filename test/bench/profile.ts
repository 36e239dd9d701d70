import { SourceMap } from 'node:module'
import { type CpuProfile, recordProfile } from './inspector.ts'
import type { Loader } from './load.ts'
import type { StubLambda } from './stub-lambda.ts'
import { table } from './table.ts'
import { startWorkerd, type Workerd } from './workerd.ts'
import type { BuiltWorker, Name } from './workers.ts'

const WARM_UP = { connections: 8, requests: 1_000 }
const PROFILED = { connections: 8, requests: 1_500 }
/** The Workers take turns, as in every comparison. */
const ROUNDS = 3
const SHOWN = 15

/**
 * Microseconds of CPU for each request, by place. A key is a module, two spaces and a place in the module.
 */
type SelfTimes = Map<string, number>

/**
 * Shows where our Worker and the references spend their time. Samples say only which function was running, on
 * a machine that may have been busy with something else. So we take the shares from the samples, and the sum
 * from the CPU time that the process used, which includes the profiler's own.
 */
export async function profile(
  workers: readonly BuiltWorker[],
  lambda: StubLambda,
  loader: Loader,
): Promise<string> {
  await lambda.restart({ delayMs: 0 })
  const compared = workers.filter(({ name }) => name !== 'bare')
  const started = await Promise.all(
    compared.map((worker) => startWorkerd(worker, { lambdaEndpoint: lambda.origin, inspect: true })),
  )
  const times = new Map<Name, SelfTimes>(compared.map(({ name }) => [name, new Map()]))
  try {
    for (const { port } of started) await loader.send({ ...WARM_UP, port })
    for (let round = 0; round < ROUNDS; round++) {
      for (const [n, { name, sourceMap }] of compared.entries()) {
        const recorded = await record(started[n] as Workerd, sourceMap, loader)
        const sum = times.get(name) ?? new Map<string, number>()
        for (const [place, microseconds] of recorded)
          sum.set(place, (sum.get(place) ?? 0) + microseconds / ROUNDS)
      }
    }
  } finally {
    await Promise.all(started.map((workerd) => workerd.close()))
  }
  return [comparison(times), places(times.get('ours') ?? new Map())].join('\n')
}

async function record(workerd: Workerd, sourceMap: string, loader: Loader): Promise<SelfTimes> {
  const before = workerd.cpuMs() ?? Number.NaN
  const recorded = await recordProfile(workerd.inspector ?? '', () =>
    loader.send({ ...PROFILED, port: workerd.port }),
  )
  const microseconds = (((workerd.cpuMs() ?? Number.NaN) - before) * 1_000) / PROFILED.requests
  const shares = selfTimes(recorded, sourceMap)
  const sum = total(shares)
  return new Map([...shares].map(([place, share]) => [place, (share / sum) * microseconds]))
}

function selfTimes({ nodes, samples, timeDeltas }: CpuProfile, sourceMap: string): SelfTimes {
  const map = new SourceMap(JSON.parse(sourceMap))
  const places = new Map(nodes.map(({ id, callFrame }) => [id, placeOf(callFrame, map)]))
  const times: SelfTimes = new Map()
  samples.forEach((sample, n) => {
    const place = places.get(sample)
    if (place !== undefined) times.set(place, (times.get(place) ?? 0) + (timeDeltas[n] ?? 0))
  })
  return times
}

/** Undefined for idle time. */
function placeOf(
  { functionName, url, lineNumber, columnNumber }: CpuProfile['nodes'][number]['callFrame'],
  map: SourceMap,
): string | undefined {
  if (functionName === '(idle)' || functionName === '(root)') return undefined
  if (functionName === '(program)') return 'workerd outside JavaScript  HTTP, sockets, scheduling'
  if (functionName === '(garbage collector)') return 'garbage collector  '
  if (url === '') return `workerd's own ${functionName || 'functions without a name'}  `
  const entry = map.findEntry(lineNumber, columnNumber)
  if (!('originalSource' in entry)) return 'bundle  added by esbuild'
  const source = entry.originalSource.replace(/^(\.\.\/)+/, '')
  const place = `${source.replace(/^.*node_modules\//, '')}:${entry.originalLine + 1}`
  return `${/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1] ?? source}  ${place}`
}

function byModule(times: SelfTimes): SelfTimes {
  const modules: SelfTimes = new Map()
  for (const [place, microseconds] of times) {
    const [module = ''] = place.split('  ')
    modules.set(module, (modules.get(module) ?? 0) + microseconds)
  }
  return modules
}

function total(times: SelfTimes): number {
  return [...times.values()].reduce((sum, time) => sum + time, 0)
}

function comparison(times: ReadonlyMap<Name, SelfTimes>): string {
  const columns = [...times].map(([name, all]) => ({ name, modules: byModule(all) }))
  const modules = new Set(columns.flatMap((column) => [...column.modules.keys()]))
  const rows = [...modules]
    .map((module) => ({ module, all: columns.map((column) => column.modules.get(module) ?? 0) }))
    .filter(({ all }) => Math.max(...all) >= 1)
    .toSorted((a, b) => (b.all[0] ?? 0) - (a.all[0] ?? 0))
    .map(({ module, all }) => [module, ...all.map((microseconds) => microseconds.toFixed(0))])
  const sums = columns.map((column) => total(column.modules).toFixed(0))
  return table(
    'Where the CPU time goes (µs a request, under the profiler)',
    ['', ...columns.map(({ name }) => name)],
    [...rows, ['together', ...sums]],
  )
}

function places(ours: SelfTimes): string {
  const rows = [...ours]
    .flatMap(([place, microseconds]) => {
      const [, where = ''] = place.split('  ')
      return /:\d+$/.test(where) ? [{ where, microseconds }] : []
    })
    .toSorted((a, b) => b.microseconds - a.microseconds)
    .slice(0, SHOWN)
    .map(({ where, microseconds }) => [where, microseconds.toFixed(1)])
  return table(
    "Our Worker's slowest functions, without their callees; workerd's fast calls count for the caller",
    ['', 'µs'],
    rows,
  )
}
