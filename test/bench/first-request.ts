import type { Loader } from './load.ts'
import type { StubLambda } from './stub-lambda.ts'
import { startWorkerd } from './workerd.ts'
import type { BuiltWorker, Name } from './workers.ts'

const REPETITIONS = 7

/**
 * Milliseconds to the acknowledgement of the first request. Each one meets a new process: the isolate is
 * created, the Worker compiled and its top level run, nothing is optimized, and there is no connection to
 * Lambda yet.
 */
export async function firstRequests(
  workers: readonly BuiltWorker[],
  lambda: StubLambda,
  loader: Loader,
): Promise<Map<Name, number[]>> {
  const first = new Map<Name, number[]>(workers.map(({ name }) => [name, []]))
  await lambda.restart({ delayMs: 0 })
  for (let repetition = 0; repetition < REPETITIONS; repetition++) {
    for (const worker of workers) {
      const workerd = await startWorkerd(worker, { lambdaEndpoint: lambda.origin, loadLate: true })
      const { ms } = await loader.send({ port: workerd.port, connections: 1, requests: 1 })
      first.get(worker.name)?.push(...ms)
      await workerd.close()
    }
  }
  return first
}
