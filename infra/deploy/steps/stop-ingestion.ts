import { UserError } from '../../settings/user-error.ts'
import type { DeployContext } from '../terminal/context.ts'
import { CommandFailed } from '../terminal/tools.ts'
import { createIngestion, type Ingestion, isRunning } from './ingestion.ts'
import type { DeployedBase } from './stacks.ts'
import { waitForIngestion } from './wait-for-ingestion.ts'

/** A job ends what it has in hand before it stops. */
const STOP_TIMEOUT_MS = 15 * 60_000

/**
 * Ends what reads a source just now: Bedrock refuses to remove a source with a job under way (ConflictException). A base that
 * is gone is read by nothing.
 */
export async function stopIngestion(
  { tools, placement, output, sleep }: DeployContext,
  bases: DeployedBase[],
): Promise<void> {
  const ingestion = createIngestion(tools, placement.knowledge)
  for (const base of bases) {
    try {
      if (await stop(ingestion, base, sleep)) output.ok(`The ingestion of ${base.name} is stopped`)
    } catch (error) {
      if (!(error instanceof CommandFailed && error.details.includes('ResourceNotFoundException')))
        throw error
    }
  }
}

/** Whether there was anything to stop. */
async function stop(
  ingestion: Ingestion,
  base: DeployedBase,
  sleep: DeployContext['sleep'],
): Promise<boolean> {
  const latest = await ingestion.latest(base)
  if (latest === undefined || !isRunning(latest)) return false
  let job = latest
  if (job.status !== 'STOPPING') {
    try {
      job = await ingestion.stop(base, job)
    } catch (error) {
      // It may have come to its end by itself meanwhile.
      if (!(error instanceof CommandFailed) || isRunning(await ingestion.get(base, job))) throw error
      return false
    }
  }
  if (isRunning(await waitForIngestion(ingestion, base, job, { timeoutMs: STOP_TIMEOUT_MS, sleep }))) {
    throw new UserError(
      `The ingestion of ${base.name} is still running, and the base cannot be deleted before it stops. Run the command again later.`,
    )
  }
  return true
}
