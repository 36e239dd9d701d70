import { ToMend } from '../../settings/user-error.ts'
import type { Guide } from '../terminal/context.ts'
import { CommandFailed } from '../terminal/tools.ts'
import { createIngestion, type Ingestion, type IngestionJob, isUnderWay, whyFailed } from './ingestion.ts'
import type { MadeBase, Outputs } from './stacks.ts'
import { untilEnded } from './wait-for-ingestion.ts'

/** A large wiki takes hours. By then whoever waits knows that it is being read, and AWS goes on without them. */
const PATIENCE_MS = 30 * 60_000

/**
 * The first reading of each source, and another where it has changed, or the user or the token (`renewed`) by which it is read.
 * What was read is left to its schedule. Gives a sentence for each base that could not be read: the rest of a release does not
 * wait for it.
 */
export async function syncKnowledge(
  guide: Guide,
  { bases }: Outputs,
  renewed: ReadonlySet<string>,
): Promise<string[]> {
  const { tools, placement, say } = guide
  if (bases.length === 0) return []
  say.step('Knowledge')
  const ingestion = createIngestion(tools, placement.knowledge)
  const unread: string[] = []
  for (const base of bases) {
    try {
      const [latest, last] = [await ingestion.latest(base), await ingestion.lastComplete(base)]
      if (last?.description === base.reading && !renewed.has(base.name))
        await lookAfter(guide, ingestion, base, latest)
      else await readNow(guide, ingestion, base, { latest, renewed: renewed.has(base.name) })
    } catch (error) {
      if (!(error instanceof ToMend || error instanceof CommandFailed)) throw error
      say.wrong(error.message)
      unread.push(error.message)
    }
  }
  return unread
}

/** A base that was read. Where the schedule could not read it again, it is tried once more, and nobody waits for that. */
async function lookAfter(
  { say }: Guide,
  ingestion: Ingestion,
  base: MadeBase,
  latest: IngestionJob | undefined,
): Promise<void> {
  if (latest === undefined || isUnderWay(latest) || latest.status === 'COMPLETE')
    return say.done(`${base.name} has been read`)
  const old = `${base.name} answers from what it read before: its last reading failed`
  try {
    const why = whyFailed(await ingestion.look(base, latest))
    await ingestion.start(base)
    say.note(`${old} (${why}). It is being read again; docs/operation.md says where to look`)
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error
    say.note(`${old}, and it cannot be read now. ${error.message}`)
  }
}

async function readNow(
  guide: Guide,
  ingestion: Ingestion,
  base: MadeBase,
  { latest, renewed }: { latest: IngestionJob | undefined; renewed: boolean },
): Promise<void> {
  if (latest && isUnderWay(latest)) {
    if (latest.description === base.reading && !renewed) return follow(guide, ingestion, base, latest)
    // Of another source, by another user, or by hand; there is one job at a time. What becomes of it is no matter.
    await follow(guide, ingestion, base, latest).catch((error: unknown) => {
      if (!(error instanceof ToMend)) throw error
    })
  }
  await follow(guide, ingestion, base, await ingestion.start(base))
}

/** Waits for a job to end, telling what it has done so far. `sleep` is for tests. */
export async function follow(
  { say }: Pick<Guide, 'say'>,
  ingestion: Pick<Ingestion, 'look'>,
  base: MadeBase,
  started: IngestionJob,
  sleep?: (ms: number) => Promise<unknown>,
): Promise<void> {
  let told = ''
  const job = await untilEnded(ingestion, base, started, {
    patienceMs: PATIENCE_MS,
    ...(sleep && { sleep }),
    onLook(job) {
      if (!isUnderWay(job) || progress(job) === told) return
      told = progress(job)
      say.line(`    ${base.name}: ${told}`)
    },
  })
  if (isUnderWay(job)) {
    say.note(
      `${base.name} is still being read: ${progress(job)}. It goes on by itself; until it is done, answers lack some of it.`,
    )
    return
  }
  if (job.status !== 'COMPLETE') {
    const mend = base.credentialsArn
      ? ' The command asks for the user and the token anew when it is given again in a terminal.'
      : ''
    throw new ToMend(`The knowledge base "${base.name}" could not read its source: ${whyFailed(job)}${mend}`)
  }
  if (job.statistics?.numberOfDocumentsScanned === 0)
    say.note(`${base.name} has been read, and there was no page that its user may see`)
  else say.done(`${base.name} has been read: ${progress(job)}`)
}

function progress({ statistics = {} }: IngestionJob): string {
  const {
    numberOfDocumentsScanned: seen = 0,
    numberOfNewDocumentsIndexed: kept = 0,
    numberOfDocumentsFailed: failed = 0,
  } = statistics
  return `${seen} pages seen, ${kept} taken in${failed > 0 ? `, ${failed} refused` : ''}`
}
