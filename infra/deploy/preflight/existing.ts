import type { DeployContext } from '../terminal/context.ts'
import { checkFailed, type Finding } from '../terminal/findings.ts'
import { CommandFailed } from '../terminal/tools.ts'

/** Knowledge bases and a guardrail that exist already. CloudFormation would not notice if they did not. */
export async function checkExisting(context: DeployContext): Promise<Finding[]> {
  const { sections, placement } = context
  const { guardrail } = sections
  const bases = sections.knowledge.bases.filter((base) => base.source === 'existing')
  return Promise.all([
    ...bases.map(({ name, id }) =>
      checkBase(context, `the knowledge base "${name}" (${id})`, id, placement.knowledge),
    ),
    ...(guardrail.source === 'existing' ? [checkGuardrail(context, guardrail, placement.model)] : []),
  ])
}

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_GetKnowledgeBase.html */
interface GetKnowledgeBase {
  knowledgeBase: { status: string; knowledgeBaseConfiguration?: { type: string } }
}

async function checkBase(
  { tools }: DeployContext,
  what: string,
  id: string,
  region: string,
): Promise<Finding> {
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
  let type: string | undefined
  const finding = await checkStatus(what, region, 'ACTIVE', async () => {
    const { knowledgeBase } = await tools.read<GetKnowledgeBase>(
      { tool: 'aws', args },
      { knowledgeBase: { status: 'ACTIVE' } },
    )
    type = knowledgeBase.knowledgeBaseConfiguration?.type
    return knowledgeBase.status
  })
  if (type !== 'KENDRA') return finding
  return {
    kind: 'error',
    message: `Found ${what} in ${region}, but it is of type KENDRA, which Vera does not search: a Kendra index has its own API and permissions. Name a base of type VECTOR, MANAGED or SQL in assistant.config.ts.`,
  }
}

async function checkGuardrail(
  { tools }: DeployContext,
  { id, version }: { id: string; version: string },
  region: string,
): Promise<Finding> {
  const which = ['--guardrail-identifier', id, '--guardrail-version', version]
  const args = ['bedrock', 'get-guardrail', ...which, '--region', region, '--output', 'json']
  return checkStatus(`version ${version} of the guardrail ${id}`, region, 'READY', async () => {
    return (await tools.read({ tool: 'aws', args }, { status: 'READY' })).status
  })
}

async function checkStatus(
  what: string,
  region: string,
  expected: string,
  readStatus: () => Promise<string>,
): Promise<Finding> {
  try {
    const status = await readStatus()
    // While a change is under way, the earlier state stays in use.
    if (status === expected || status === 'UPDATING')
      return { kind: 'ok', message: `Found ${what} in ${region}` }
    return {
      kind: 'error',
      message: `Found ${what} in ${region}, but with the status ${status}. Repair it, or choose another one in assistant.config.ts.`,
    }
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error
    if (!/ResourceNotFound|ValidationException/.test(error.details))
      return { kind: 'error', message: checkFailed(`whether ${region} has ${what}`, error) }
    return {
      kind: 'error',
      message: `Did not find ${what} in ${region}. Choose another one, or another region, in assistant.config.ts.`,
    }
  }
}
