import { setTimeout } from 'node:timers/promises'
import { type Ingestion, type IngestionJob, isUnderWay } from './ingestion.ts'
import type { MadeBase } from './stacks.ts'

/** The first look comes soon, because a small wiki is read in seconds; from then on each wait is twice the last. */
const FIRST_LOOK_MS = 500
const LONGEST_WAIT_MS = 15_000

/** The job as it is when it has ended, or when `patienceMs` are over. `onLook` is told what each look saw; `sleep` is for tests. */
export async function untilEnded(
  ingestion: Pick<Ingestion, 'look'>,
  base: MadeBase,
  started: IngestionJob,
  {
    patienceMs,
    onLook,
    sleep = setTimeout,
  }: { patienceMs: number; onLook?: (job: IngestionJob) => void; sleep?: (ms: number) => Promise<unknown> },
): Promise<IngestionJob> {
  let job = started
  let wait = FIRST_LOOK_MS
  for (
    let waited = 0;
    isUnderWay(job) && waited < patienceMs;
    waited += wait, wait = Math.min(wait * 2, LONGEST_WAIT_MS)
  ) {
    await sleep(wait)
    job = await ingestion.look(base, job)
    onLook?.(job)
  }
  return job
}
