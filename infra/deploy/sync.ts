import { setTimeout } from 'node:timers/promises'
import type { Guide } from './guide.ts'
import { createIngestion, type Ingestion, type IngestionJob, isUnderWay } from './ingestion.ts'
import type { MadeBase, Outputs } from './stacks.ts'
import { ToMend } from './to-mend.ts'

/** The first look comes soon, because a small wiki is read in seconds; from then on each wait is twice the last. */
const FIRST_LOOK_MS = 500
const LONGEST_WAIT_MS = 15_000

/** A large wiki takes hours. By then whoever waits knows that it is being read, and AWS goes on without them. */
const PATIENCE_MS = 30 * 60_000

/** The first reading of each knowledge base that was made. A base that was read before is left to its schedule. */
export async function syncKnowledge(guide: Guide, { bases }: Outputs): Promise<void> {
  const { tools, placement, say } = guide
  if (bases.length === 0) return
  say.step('Knowledge')
  const ingestion = createIngestion(tools, placement.knowledge)
  for (const base of bases) {
    const latest = await ingestion.latest(base)
    if (latest?.status === 'COMPLETE') {
      say.done(`${base.name} has been read`)
      continue
    }
    const job = latest && isUnderWay(latest) ? latest : await ingestion.start(base)
    await follow(guide, ingestion, base, job)
  }
}

/** Waits for a job to end, telling what it has done so far. `sleep` is for tests. */
export async function follow(
  { say }: Pick<Guide, 'say'>,
  ingestion: Pick<Ingestion, 'look'>,
  base: MadeBase,
  started: IngestionJob,
  sleep: (ms: number) => Promise<unknown> = setTimeout,
): Promise<void> {
  let job = started
  let told = ''
  let wait = FIRST_LOOK_MS
  for (let waited = 0; isUnderWay(job); waited += wait, wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
    if (waited >= PATIENCE_MS) {
      say.note(`${base.name} is still being read: ${progress(job)}. It goes on by itself; until it is done, answers lack some of it.`)
      return
    }
    await sleep(wait)
    job = await ingestion.look(base, job)
    if (isUnderWay(job) && progress(job) !== told) {
      told = progress(job)
      say.line(`    ${base.name}: ${told}`)
    }
  }
  if (job.status !== 'COMPLETE') {
    const why = job.failureReasons?.join(' ') || `it ended as ${job.status}`
    const mend = base.credentialsArn ? ' The command asks for the user and the token anew when it is given again.' : ''
    throw new ToMend(`The knowledge base "${base.name}" could not read its source: ${why}${mend}`)
  }
  if (job.statistics?.numberOfDocumentsScanned === 0) say.note(`${base.name} has been read, and there was no page that its user may see`)
  else say.done(`${base.name} has been read: ${progress(job)}`)
}

function progress({ statistics = {} }: IngestionJob): string {
  const { numberOfDocumentsScanned: seen = 0, numberOfNewDocumentsIndexed: kept = 0, numberOfDocumentsFailed: failed = 0 } = statistics
  return `${seen} pages seen, ${kept} taken in${failed > 0 ? `, ${failed} refused` : ''}`
}
