import { UserError } from '../../settings/user-error.ts'
import type { DeployContext } from '../terminal/context.ts'
import { CommandFailed } from '../terminal/tools.ts'
import { createIngestion, type Ingestion, isRunning } from './ingestion.ts'
import type { DeployedBase } from './stacks.ts'
import { waitForIngestion } from './wait-for-ingestion.ts'

/** A job finishes its current documents before it stops. */
const STOP_TIMEOUT_MS = 15 * 60_000

/**
 * Stops running ingestion jobs: Bedrock refuses to delete a source while one runs (ConflictException). Skips
 * a base that no longer exists.
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

/** True if a job was running. */
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
      // The job may have ended by itself in the meantime.
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
