import type { DeployContext } from '../terminal/context.ts'
import { type Ingestion, type IngestionJob, isRunning } from './ingestion.ts'
import type { DeployedBase } from './stacks.ts'

/**
 * The first poll comes soon, because a small wiki takes seconds. Each wait is twice the one before, up to the
 * longest.
 */
const FIRST_POLL_MS = 500
const LONGEST_POLL_MS = 15_000

/** Returns the job once it has ended, or once `timeoutMs` have passed. Calls `onPoll` after each poll. */
export async function waitForIngestion(
  ingestion: Pick<Ingestion, 'get'>,
  base: DeployedBase,
  started: IngestionJob,
  {
    timeoutMs,
    onPoll,
    sleep,
  }: { timeoutMs: number; onPoll?: (job: IngestionJob) => void; sleep: DeployContext['sleep'] },
): Promise<IngestionJob> {
  let job = started
  let delayMs = FIRST_POLL_MS
  for (
    let elapsedMs = 0;
    isRunning(job) && elapsedMs < timeoutMs;
    elapsedMs += delayMs, delayMs = Math.min(delayMs * 2, LONGEST_POLL_MS)
  ) {
    await sleep(delayMs)
    job = await ingestion.get(base, job)
    onPoll?.(job)
  }
  return job
}
