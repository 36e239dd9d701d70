import { ToMend } from '../../settings/user-error.ts'
import type { Guide } from '../terminal/context.ts'
import { CommandFailed } from '../terminal/tools.ts'
import { createIngestion, type Ingestion, isUnderWay } from './ingestion.ts'
import type { MadeBase } from './stacks.ts'
import { untilEnded } from './wait-for-ingestion.ts'

/** A job ends what it has in hand before it stops. */
const PATIENCE_MS = 15 * 60_000

/**
 * Ends what reads a source just now: Bedrock refuses to remove a source with a job under way (ConflictException). A base that
 * is gone is read by nothing.
 */
export async function stopReadings({ tools, placement, say }: Guide, bases: MadeBase[]): Promise<void> {
  const ingestion = createIngestion(tools, placement.knowledge)
  for (const base of bases) {
    try {
      if (await stop(ingestion, base)) say.done(`${base.name} is not read any more`)
    } catch (error) {
      if (!(error instanceof CommandFailed && error.said.includes('ResourceNotFoundException'))) throw error
    }
  }
}

/** Whether there was anything to stop. */
async function stop(ingestion: Ingestion, base: MadeBase): Promise<boolean> {
  const latest = await ingestion.latest(base)
  if (latest === undefined || !isUnderWay(latest)) return false
  let job = latest
  if (job.status !== 'STOPPING') {
    try {
      job = await ingestion.stop(base, job)
    } catch (error) {
      // It may have come to its end by itself meanwhile.
      if (!(error instanceof CommandFailed) || isUnderWay(await ingestion.look(base, job))) throw error
      return false
    }
  }
  if (isUnderWay(await untilEnded(ingestion, base, job, { patienceMs: PATIENCE_MS }))) {
    throw new ToMend(
      `${base.name} is still being read, and cannot be removed before that has stopped. Give the command again later.`,
    )
  }
  return true
}
