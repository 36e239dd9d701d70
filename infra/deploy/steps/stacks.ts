import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ANSWER_FUNCTION } from '../../settings/function-names.ts'
import { ingestionDescriptionOf } from '../../settings/ingestion-description.ts'
import type { DeployContext } from '../terminal/context.ts'
import { withTempDir } from '../terminal/temp-dir.ts'
import { pointAlias, readAliasVersion } from './alias.ts'

/** A knowledge base that was made here, as the output KnowledgeBases has it. */
export interface DeployedBase {
  name: string
  knowledgeBaseId: string
  dataSourceId: string
  /** How a job that reads the source as it is now is described. */
  ingestionDescription: string
  /** Where the source's user and token go. */
  credentialsArn?: string
}

/** What the stacks say. */
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

/** Everything in AWS. CloudFormation changes what is different, and nothing else. `reserve` says whether there is room to. */
export async function deployStacks(context: DeployContext, reserve: boolean): Promise<Outputs> {
  const { tools, output } = context
  output.step('AWS')
  return withTempDir(async (folder) => {
    const file = join(folder, 'outputs.json')
    const reservation = reserve ? [] : ['-c', 'reserveConcurrency=false']
    // It was agreed to already.
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
    // After a rollback the alias points elsewhere, and CloudFormation, whose template is the same, leaves it there.
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

/** For a dry run. */
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
