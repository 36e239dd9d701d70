import type { MadeBase } from './stacks.ts'
import type { Tools } from './tools.ts'

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_IngestionJob.html */
export interface IngestionJob {
  ingestionJobId: string
  status: 'STARTING' | 'IN_PROGRESS' | 'COMPLETE' | 'FAILED' | 'STOPPING' | 'STOPPED'
  statistics?: Partial<Record<'numberOfDocumentsScanned' | 'numberOfNewDocumentsIndexed' | 'numberOfDocumentsFailed', number>>
  failureReasons?: string[]
}

export function isUnderWay({ status }: IngestionJob): boolean {
  return status === 'STARTING' || status === 'IN_PROGRESS' || status === 'STOPPING'
}

/** How a knowledge base reads its source. */
export function createIngestion(tools: Tools, region: string) {
  const source = ({ knowledgeBaseId, dataSourceId }: MadeBase): string[] => [
    ...['--knowledge-base-id', knowledgeBaseId, '--data-source-id', dataSourceId],
    ...['--region', region, '--output', 'json'],
  ]
  const pretended: IngestionJob = { ingestionJobId: '<job>', status: 'COMPLETE' }
  return {
    /** The latest job, started by us or by the schedule. */
    async latest(base: MadeBase): Promise<IngestionJob | undefined> {
      const newest = ['--sort-by', 'attribute=STARTED_AT,order=DESCENDING', '--max-items', '1']
      const args = ['bedrock-agent', 'list-ingestion-jobs', ...source(base), ...newest]
      const none: { ingestionJobSummaries: IngestionJob[] } = { ingestionJobSummaries: [] }
      return (await tools.read({ tool: 'aws', args }, none)).ingestionJobSummaries[0]
    },
    async start(base: MadeBase): Promise<IngestionJob> {
      const args = ['bedrock-agent', 'start-ingestion-job', ...source(base)]
      return (await tools.read({ tool: 'aws', args }, { ingestionJob: pretended })).ingestionJob
    },
    async look(base: MadeBase, { ingestionJobId }: IngestionJob): Promise<IngestionJob> {
      const args = ['bedrock-agent', 'get-ingestion-job', ...source(base), '--ingestion-job-id', ingestionJobId]
      return (await tools.read({ tool: 'aws', args }, { ingestionJob: pretended })).ingestionJob
    },
  }
}
export type Ingestion = ReturnType<typeof createIngestion>
