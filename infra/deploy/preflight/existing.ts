import type { Guide } from '../terminal/context.ts'
import { type Found, unexpected } from '../terminal/findings.ts'
import { CommandFailed } from '../terminal/tools.ts'

/** Knowledge bases and a guardrail that the configuration takes as they are: CloudFormation would not look whether they are there. */
export async function checkExisting(guide: Guide): Promise<Found[]> {
  const { sections, placement } = guide
  const { guardrail } = sections
  const bases = sections.knowledge.bases.filter((base) => base.source === 'existing')
  return Promise.all([
    ...bases.map(({ name, id }) =>
      checkBase(guide, `The knowledge base "${name}" (${id})`, id, placement.knowledge),
    ),
    ...(guardrail.source === 'existing' ? [checkGuardrail(guide, guardrail, placement.model)] : []),
  ])
}

async function checkBase({ tools }: Guide, what: string, id: string, region: string): Promise<Found> {
  const args = [
    'bedrock-agent',
    'get-knowledge-base',
    '--knowledge-base-id',
    id,
    '--region',
    region,
    '--output',
    'json',
  ]
  return look(what, region, 'ACTIVE', async () => {
    const { knowledgeBase } = await tools.read({ tool: 'aws', args }, { knowledgeBase: { status: 'ACTIVE' } })
    return knowledgeBase.status
  })
}

async function checkGuardrail(
  { tools }: Guide,
  { id, version }: { id: string; version: string },
  region: string,
): Promise<Found> {
  const which = ['--guardrail-identifier', id, '--guardrail-version', version]
  const args = ['bedrock', 'get-guardrail', ...which, '--region', region, '--output', 'json']
  return look(`Version ${version} of the guardrail ${id}`, region, 'READY', async () => {
    return (await tools.read({ tool: 'aws', args }, { status: 'READY' })).status
  })
}

async function look(
  what: string,
  region: string,
  isWell: string,
  readStatus: () => Promise<string>,
): Promise<Found> {
  try {
    const status = await readStatus()
    // Of one that is being changed the earlier state is in use meanwhile.
    if (status === isWell || status === 'UPDATING') return { well: `${what} is in ${region}` }
    return {
      inTheWay: `${what} is ${status} in ${region}. Mend it, or choose another in assistant.config.ts.`,
    }
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error
    if (!/ResourceNotFound|ValidationException/.test(error.said))
      return { inTheWay: unexpected(`Whether ${what} is in ${region}`, error) }
    return { inTheWay: `${what} is not in ${region}. Choose another in assistant.config.ts, or its region.` }
  }
}
