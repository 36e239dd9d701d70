import type { DeployContext } from '../terminal/context.ts'
import { checkFailed, type Finding } from '../terminal/findings.ts'
import { CommandFailed } from '../terminal/tools.ts'

/** S3 Vectors is not in every region, and an old AWS CLI has no command for it. */
export async function checkVectors({ sections, placement, tools }: DeployContext): Promise<Finding[]> {
  if (!sections.knowledge.bases.some(({ source }) => source !== 'existing')) return []
  const region = placement.knowledge
  const args = [
    's3vectors',
    'list-vector-buckets',
    '--max-items',
    '1',
    '--region',
    region,
    '--output',
    'json',
  ]
  try {
    await tools.call({ tool: 'aws', args })
    return [{ kind: 'ok', message: `S3 Vectors is available in ${region}` }]
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error
    if (/invalid choice/i.test(error.details))
      return [
        {
          kind: 'error',
          message: 'This AWS CLI is too old for S3 Vectors. Install the latest version 2.',
        },
      ]
    if (/Could not connect to the endpoint/i.test(error.details)) {
      return [
        {
          kind: 'error',
          message: `S3 Vectors is not available in ${region}. Choose another knowledge.region in assistant.config.ts.`,
        },
      ]
    }
    return [{ kind: 'error', message: checkFailed(`whether S3 Vectors is available in ${region}`, error) }]
  }
}
