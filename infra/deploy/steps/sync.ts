import { UserError } from '../../settings/user-error.ts'
import type { DeployContext } from '../terminal/context.ts'
import { CommandFailed } from '../terminal/tools.ts'
import { createIngestion, failureReason, type Ingestion, type IngestionJob, isRunning } from './ingestion.ts'
import type { DeployedBase, Outputs } from './stacks.ts'
import { waitForIngestion } from './wait-for-ingestion.ts'

/** A large wiki takes hours. AWS continues without us, so we only wait long enough to show that it works. */
const FOLLOW_TIMEOUT_MS = 30 * 60_000

/**
 * Ingests a source for the first time, and again if the source or its credentials (`changedBases`) have
 * changed. Leaves other bases to their schedule. Returns one sentence for each base that failed: the rest of
 * the deployment goes on.
 */
export async function syncKnowledge(
  context: DeployContext,
  { bases }: Outputs,
  credentialsChanged: ReadonlySet<string>,
): Promise<string[]> {
  const { tools, placement, output } = context
  if (bases.length === 0) return []
  output.step('Knowledge')
  const ingestion = createIngestion(tools, placement.knowledge)
  const errors: string[] = []
  for (const base of bases) {
    try {
      const [latest, last] = [await ingestion.latest(base), await ingestion.lastComplete(base)]
      if (last?.description === base.ingestionDescription && !credentialsChanged.has(base.name))
        await resyncIfFailed(context, ingestion, base, latest)
      else
        await syncNow(context, ingestion, base, {
          latest,
          credentialsChanged: credentialsChanged.has(base.name),
        })
    } catch (error) {
      if (!(error instanceof UserError || error instanceof CommandFailed)) throw error
      output.error(error.message)
      errors.push(error.message)
    }
  }
  return errors
}

/**
 * For a base that was ingested before. If its last scheduled ingestion failed, starts another and does not
 * wait.
 */
async function resyncIfFailed(
  { output }: DeployContext,
  ingestion: Ingestion,
  base: DeployedBase,
  latest: IngestionJob | undefined,
): Promise<void> {
  if (latest === undefined || isRunning(latest) || latest.status === 'COMPLETE')
    return output.ok(`${base.name} is ingested`)
  const stale = `The last ingestion of ${base.name} failed`
  try {
    const reason = failureReason(await ingestion.get(base, latest))
    await ingestion.start(base)
    output.warning(
      `${stale}: ${reason} It answers from what it ingested before. A new ingestion has started; docs/operation.md says where to look.`,
    )
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error
    output.warning(
      `${stale}, and a new one could not be started. It answers from what it ingested before. ${error.message}`,
    )
  }
}

async function syncNow(
  context: DeployContext,
  ingestion: Ingestion,
  base: DeployedBase,
  { latest, credentialsChanged }: { latest: IngestionJob | undefined; credentialsChanged: boolean },
): Promise<void> {
  if (latest && isRunning(latest)) {
    if (latest.description === base.ingestionDescription && !credentialsChanged)
      return followIngestion(context, ingestion, base, latest)
    // Only one job can run at a time. This one has another source or user, or was started by hand: wait for
    // its end, and ignore its result.
    await followIngestion(context, ingestion, base, latest).catch((error: unknown) => {
      if (!(error instanceof UserError)) throw error
    })
  }
  await followIngestion(context, ingestion, base, await ingestion.start(base))
}

/** Waits for a job to end and prints its progress. */
export async function followIngestion(
  { output, sleep }: Pick<DeployContext, 'output' | 'sleep'>,
  ingestion: Pick<Ingestion, 'get'>,
  base: DeployedBase,
  started: IngestionJob,
): Promise<void> {
  let lastProgress = ''
  const job = await waitForIngestion(ingestion, base, started, {
    timeoutMs: FOLLOW_TIMEOUT_MS,
    sleep,
    onPoll(job) {
      if (!isRunning(job) || progress(job) === lastProgress) return
      lastProgress = progress(job)
      output.print(`    ${base.name}: ${lastProgress}`)
    },
  })
  if (isRunning(job)) {
    output.warning(
      `${base.name} is still being ingested: ${progress(job)}. AWS continues alone; until it is done, answers lack some pages.`,
    )
    return
  }
  if (job.status !== 'COMPLETE') {
    const hint = base.credentialsArn
      ? ' To change the user or the token, run the command again in a terminal.'
      : ''
    throw new UserError(
      `The knowledge base "${base.name}" could not ingest its source: ${failureReason(job)}${hint}`,
    )
  }
  if (job.statistics?.numberOfDocumentsScanned === 0)
    output.warning(
      `${base.name} is ingested, but it is empty: its source has no page, or none that its user may see`,
    )
  else output.ok(`${base.name} is ingested: ${progress(job)}`)
}

function progress({ statistics = {} }: IngestionJob): string {
  const {
    numberOfDocumentsScanned: seen = 0,
    numberOfNewDocumentsIndexed: kept = 0,
    numberOfDocumentsFailed: failed = 0,
  } = statistics
  return `${seen} pages found, ${kept} added${failed > 0 ? `, ${failed} failed` : ''}`
}
