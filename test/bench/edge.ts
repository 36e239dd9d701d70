import { availableParallelism } from 'node:os'
import { checkSigV4 } from '../../playground/sigv4.ts'
import {
  aimsTable,
  firstTable,
  type Round,
  type Rounds,
  SCENES,
  sceneTable,
  sizeTable,
} from './edge-tables.ts'
import { firstRequests } from './first-request.ts'
import { type Loader, NotAcknowledged, startLoader } from './load.ts'
import { profile } from './profile.ts'
import { type StubLambda, startStubLambda } from './stub-lambda.ts'
import { percentile } from './table.ts'
import { startWorkerd, type Workerd } from './workerd.ts'
import { CALLER } from './workerd-config.ts'
import { type BuiltWorker, buildWorkers, type Name } from './workers.ts'

/**
 * Short rounds, and many of them: a ratio within one round survives a machine that is busy with something
 * else.
 */
const ROUNDS = 60
/** No round begins after this. */
const TIME_LIMIT_MS = 150_000
/** More of them mean that a Worker is broken, and not that the machine was busy for a moment. */
const STALLED_ROUNDS_ALLOWED = 10
/** Enough for V8 to optimize what it will. */
const WARM_UP = { connections: 8, requests: 2_000 }

/** Compares our Worker with three others in one run. Only prints. */
export async function benchEdge(): Promise<void> {
  const workers = await buildWorkers()
  const lambda = await startStubLambda()
  const loader = startLoader()
  try {
    console.log(`${availableParallelism()} cores, Node ${process.versions.node}\n`)
    const rounds = await race(workers, lambda, loader)
    for (const scene of SCENES) console.log(sceneTable(scene, rounds))
    console.log(sizeTable(workers))
    console.log(firstTable(await firstRequests(workers, lambda, loader)))
    console.log(aimsTable(workers, rounds))
    console.log(await profile(workers, lambda, loader))
  } finally {
    await Promise.all([loader.close(), lambda.close()])
  }
}

/**
 * All Workers run, each in its own workerd, and take turns: other work on this machine affects all of them
 * alike.
 */
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
      await checkInvocations(name, WARM_UP.requests, lambda, 0)
    }
    const start = performance.now()
    let stalled = 0
    for (let round = 0; round < ROUNDS && performance.now() - start < TIME_LIMIT_MS; round++) {
      for (const scene of SCENES) {
        // Another Worker goes first in each round.
        const first = round % contestants.length
        const measured = new Map<Name, Round>()
        try {
          for (const { name, workerd } of [...contestants.slice(first), ...contestants.slice(0, first)]) {
            await lambda.restart({ delayMs: scene.lambdaMs })
            measured.set(name, await measure(scene, workerd, loader))
            await checkInvocations(name, scene.requests, lambda, scene.lambdaMs)
          }
        } catch (error) {
          if (!(error instanceof NotAcknowledged) || ++stalled > STALLED_ROUNDS_ALLOWED) throw error
          continue
        }
        for (const [name, one] of measured) rounds.get(scene)?.get(name)?.push(one)
      }
    }
    return rounds
  } finally {
    await Promise.all(contestants.map(({ workerd }) => workerd.close()))
  }
}

async function measure(
  { connections, requests }: { connections: number; requests: number },
  workerd: Workerd,
  loader: Loader,
): Promise<Round> {
  const before = workerd.cpuMs()
  const { ms } = await loader.send({ port: workerd.port, connections, requests })
  const after = workerd.cpuMs()
  const cpuMs = before === undefined || after === undefined ? undefined : (after - before) / requests
  return { p50: percentile(ms, 50), all: ms, cpuMs }
}

/** Makes sure that the work was done: one invocation for each request, with a valid signature. */
async function checkInvocations(
  name: Name,
  requests: number,
  lambda: StubLambda,
  delayMs: number,
): Promise<void> {
  const { count, last } = await lambda.restart({ delayMs })
  const expected = name === 'bare' ? 0 : requests
  if (count !== expected)
    throw new Error(
      `${name}: Lambda got ${count} invocations for ${requests} requests, expected ${expected}.`,
    )
  const refusal = last && (await checkSigV4(last, { ...CALLER, service: 'lambda', now: Date.now() }))
  if (refusal) throw new Error(`${name}: ${refusal.message}`)
}
