import type { Tools } from '../terminal/tools.ts'
import type { DeployedBase } from './stacks.ts'

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_IngestionJob.html */
export interface IngestionJob {
  ingestionJobId: string
  status: 'STARTING' | 'IN_PROGRESS' | 'COMPLETE' | 'FAILED' | 'STOPPING' | 'STOPPED'
  /**
   * Identifies the source, if the schedule or a deployment started the job
   * (infra/settings/ingestion-description.ts).
   */
  description?: string
  statistics?: Partial<
    Record<'numberOfDocumentsScanned' | 'numberOfNewDocumentsIndexed' | 'numberOfDocumentsFailed', number>
  >
  failureReasons?: string[]
}

export function isRunning({ status }: IngestionJob): boolean {
  return status === 'STARTING' || status === 'IN_PROGRESS' || status === 'STOPPING'
}

/** A sentence with its full stop. */
export function failureReason({ status, failureReasons }: IngestionJob): string {
  const reason = failureReasons?.join(' ') || `it ended as ${status}`
  return reason.endsWith('.') ? reason : `${reason}.`
}

/** The ingestion jobs of knowledge bases. */
export function createIngestion(tools: Tools, region: string) {
  const source = ({ knowledgeBaseId, dataSourceId }: DeployedBase): string[] => [
    ...['--knowledge-base-id', knowledgeBaseId, '--data-source-id', dataSourceId],
    ...['--region', region, '--output', 'json'],
  ]
  const dryRunValue: IngestionJob = { ingestionJobId: '<job>', status: 'COMPLETE' }

  async function newest(base: DeployedBase, filters: string[]): Promise<IngestionJob | undefined> {
    const one = ['--sort-by', 'attribute=STARTED_AT,order=DESCENDING', '--max-items', '1']
    const args = ['bedrock-agent', 'list-ingestion-jobs', ...source(base), ...filters, ...one]
    const none: { ingestionJobSummaries: IngestionJob[] } = { ingestionJobSummaries: [] }
    return (await tools.read({ tool: 'aws', args }, none)).ingestionJobSummaries[0]
  }

  return {
    /** The latest job, started by the schedule, a deployment or a person. */
    latest: (base: DeployedBase) => newest(base, []),
    /** The latest job that succeeded. */
    lastComplete: (base: DeployedBase) =>
      newest(base, ['--filters', 'attribute=STATUS,operator=EQ,values=COMPLETE']),
    async start(base: DeployedBase): Promise<IngestionJob> {
      const args = [
        'bedrock-agent',
        'start-ingestion-job',
        ...source(base),
        '--description',
        base.ingestionDescription,
      ]
      return (await tools.read({ tool: 'aws', args }, { ingestionJob: dryRunValue })).ingestionJob
    },
    /** The job is STOPPING for a while after this. */
    async stop(base: DeployedBase, { ingestionJobId }: IngestionJob): Promise<IngestionJob> {
      const args = [
        'bedrock-agent',
        'stop-ingestion-job',
        ...source(base),
        '--ingestion-job-id',
        ingestionJobId,
      ]
      return (await tools.read({ tool: 'aws', args }, { ingestionJob: dryRunValue })).ingestionJob
    },
    /** Includes the reasons of a failure, which the list operations leave out. */
    async get(base: DeployedBase, { ingestionJobId }: IngestionJob): Promise<IngestionJob> {
      const args = [
        'bedrock-agent',
        'get-ingestion-job',
        ...source(base),
        '--ingestion-job-id',
        ingestionJobId,
      ]
      return (await tools.read({ tool: 'aws', args }, { ingestionJob: dryRunValue })).ingestionJob
    },
  }
}
export type Ingestion = ReturnType<typeof createIngestion>
