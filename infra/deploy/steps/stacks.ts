import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ANSWER_FUNCTION } from '../../settings/function-names.ts'
import { ingestionDescriptionOf } from '../../settings/ingestion-description.ts'
import type { DeployContext } from '../terminal/context.ts'
import { withTempDir } from '../terminal/temp-dir.ts'
import { pointAlias, readAliasVersion } from './alias.ts'

/** A knowledge base of our stacks, as in the output KnowledgeBases. */
export interface DeployedBase {
  name: string
  knowledgeBaseId: string
  dataSourceId: string
  /** The description of ingestion jobs for the current source. */
  ingestionDescription: string
  /** The secret for the source's user and token, if it needs them. */
  credentialsArn?: string
}

/** The outputs of the stacks. */
export interface Outputs {
  answerVersion: string
  edgeKeySecretArn: string
  slackSecretArn: string
  dashboardUrl: string
  alarmTopicArn: string
  bases: DeployedBase[]
}

const DRY_RUN_VALUE: Outputs = {
  answerVersion: '<AnswerVersion>',
  edgeKeySecretArn: '<EdgeKeySecretArn>',
  slackSecretArn: '<SlackSecretArn>',
  dashboardUrl: '<DashboardUrl>',
  alarmTopicArn: '<AlarmTopicArn>',
  bases: [],
}

/**
 * Deploys everything in AWS. CloudFormation changes only what differs. `reserve`: the account has concurrency
 * to reserve.
 */
export async function deployStacks(context: DeployContext, reserve: boolean): Promise<Outputs> {
  const { tools, output } = context
  output.step('AWS')
  return withTempDir(async (folder) => {
    const file = join(folder, 'outputs.json')
    const reservation = reserve ? [] : ['-c', 'reserveConcurrency=false']
    // The person has confirmed the deployment already.
    const args = [
      'deploy',
      '--all',
      '--require-approval',
      'never',
      '--no-notices',
      '--outputs-file',
      tools.dryRun ? '<file>' : file,
      ...reservation,
    ]
    await tools.call({ tool: 'cdk', args, showOutput: true })
    const outputs = tools.dryRun
      ? { ...DRY_RUN_VALUE, bases: dryRunBases(context) }
      : read(JSON.parse(readFileSync(file, 'utf8')))
    // After a rollback the alias points elsewhere. CloudFormation does not notice, because its template is
    // the same.
    if ((await readAliasVersion(context, outputs.answerVersion)) !== outputs.answerVersion)
      await pointAlias(context, outputs.answerVersion)
    output.ok(`${ANSWER_FUNCTION} is at version ${outputs.answerVersion}`)
    return outputs
  })
}

function read(stacks: Record<string, Record<string, string>>): Outputs {
  const all: Record<string, string> = Object.assign({}, ...Object.values(stacks))
  const of = (name: string): string => {
    const value = all[name]
    if (value === undefined)
      throw new Error(`The stacks have no output ${name}. They were not deployed by this program.`)
    return value
  }
  return {
    answerVersion: of('AnswerVersion'),
    edgeKeySecretArn: of('EdgeKeySecretArn'),
    slackSecretArn: of('SlackSecretArn'),
    dashboardUrl: of('DashboardUrl'),
    alarmTopicArn: of('AlarmTopicArn'),
    bases: JSON.parse(of('KnowledgeBases')),
  }
}

export function dryRunBases({ sections }: Pick<DeployContext, 'sections'>): DeployedBase[] {
  return sections.knowledge.bases.flatMap((base): DeployedBase[] =>
    base.source === 'existing'
      ? []
      : [
          {
            name: base.name,
            knowledgeBaseId: `<id of ${base.name}>`,
            dataSourceId: `<source of ${base.name}>`,
            ingestionDescription: ingestionDescriptionOf(base),
            ...(base.source === 'confluence' && { credentialsArn: `<secret of ${base.name}>` }),
          },
        ],
  )
}
