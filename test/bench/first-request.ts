import type { Loader } from './load.ts'
import type { StubLambda } from './stub-lambda.ts'
import { startWorkerd } from './workerd.ts'
import type { BuiltWorker, Name } from './workers.ts'

const REPETITIONS = 7

/**
 * Milliseconds to the acknowledgement of the very first request, each time in a new process: a new isolate, the Worker
 * compiled and its top level run, nothing optimized, no connection to Lambda.
 */
export async function firstRequests(
  workers: readonly BuiltWorker[],
  lambda: StubLambda,
  loader: Loader,
): Promise<Map<Name, number[]>> {
  const first = new Map<Name, number[]>(workers.map(({ name }) => [name, []]))
  await lambda.take({ delayMs: 0 })
  for (let repetition = 0; repetition < REPETITIONS; repetition++) {
    for (const worker of workers) {
      const workerd = await startWorkerd(worker, { lambdaEndpoint: lambda.origin, loadedLate: true })
      const { ms } = await loader.send({ port: workerd.port, connections: 1, requests: 1 })
      first.get(worker.name)?.push(...ms)
      await workerd.close()
    }
  }
  return first
}
