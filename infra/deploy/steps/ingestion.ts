import type { Tools } from '../terminal/tools.ts'
import type { MadeBase } from './stacks.ts'

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_IngestionJob.html */
export interface IngestionJob {
  ingestionJobId: string
  status: 'STARTING' | 'IN_PROGRESS' | 'COMPLETE' | 'FAILED' | 'STOPPING' | 'STOPPED'
  /** Of which source, where the schedule or a deployment started it (infra/settings/ingestion-description.ts). */
  description?: string
  statistics?: Partial<
    Record<'numberOfDocumentsScanned' | 'numberOfNewDocumentsIndexed' | 'numberOfDocumentsFailed', number>
  >
  failureReasons?: string[]
}

export function isUnderWay({ status }: IngestionJob): boolean {
  return status === 'STARTING' || status === 'IN_PROGRESS' || status === 'STOPPING'
}

/** In a sentence. */
export function whyFailed({ status, failureReasons }: IngestionJob): string {
  return failureReasons?.join(' ') || `it ended as ${status}`
}

/** How a knowledge base reads its source. */
export function createIngestion(tools: Tools, region: string) {
  const source = ({ knowledgeBaseId, dataSourceId }: MadeBase): string[] => [
    ...['--knowledge-base-id', knowledgeBaseId, '--data-source-id', dataSourceId],
    ...['--region', region, '--output', 'json'],
  ]
  const pretended: IngestionJob = { ingestionJobId: '<job>', status: 'COMPLETE' }

  async function newest(base: MadeBase, filters: string[]): Promise<IngestionJob | undefined> {
    const one = ['--sort-by', 'attribute=STARTED_AT,order=DESCENDING', '--max-items', '1']
    const args = ['bedrock-agent', 'list-ingestion-jobs', ...source(base), ...filters, ...one]
    const none: { ingestionJobSummaries: IngestionJob[] } = { ingestionJobSummaries: [] }
    return (await tools.read({ tool: 'aws', args }, none)).ingestionJobSummaries[0]
  }

  return {
    /** The latest job, started by us or by the schedule. */
    latest: (base: MadeBase) => newest(base, []),
    /** The latest that came to its end. */
    lastComplete: (base: MadeBase) =>
      newest(base, ['--filters', 'attribute=STATUS,operator=EQ,values=COMPLETE']),
    async start(base: MadeBase): Promise<IngestionJob> {
      const args = ['bedrock-agent', 'start-ingestion-job', ...source(base), '--description', base.reading]
      return (await tools.read({ tool: 'aws', args }, { ingestionJob: pretended })).ingestionJob
    },
    /** It goes on for a while as STOPPING. */
    async stop(base: MadeBase, { ingestionJobId }: IngestionJob): Promise<IngestionJob> {
      const args = [
        'bedrock-agent',
        'stop-ingestion-job',
        ...source(base),
        '--ingestion-job-id',
        ingestionJobId,
      ]
      return (await tools.read({ tool: 'aws', args }, { ingestionJob: pretended })).ingestionJob
    },
    /** With the reasons of a failure, which the lists leave out. */
    async look(base: MadeBase, { ingestionJobId }: IngestionJob): Promise<IngestionJob> {
      const args = [
        'bedrock-agent',
        'get-ingestion-job',
        ...source(base),
        '--ingestion-job-id',
        ingestionJobId,
      ]
      return (await tools.read({ tool: 'aws', args }, { ingestionJob: pretended })).ingestionJob
    },
  }
}
export type Ingestion = ReturnType<typeof createIngestion>
