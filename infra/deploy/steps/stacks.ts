import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ANSWER_FUNCTION } from '../../settings/function-names.ts'
import { readingOf } from '../../settings/ingestion-description.ts'
import type { Guide } from '../terminal/context.ts'
import { inOwnFolder } from '../terminal/temp-dir.ts'
import { aliasedVersion, pointAlias } from './alias.ts'

/** A knowledge base that was made here, as the output KnowledgeBases has it. */
export interface MadeBase {
  name: string
  knowledgeBaseId: string
  dataSourceId: string
  /** How a job that reads the source as it is now is described. */
  reading: string
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
  bases: MadeBase[]
}

const PRETENDED: Outputs = {
  answerVersion: '<AnswerVersion>',
  edgeKeySecretArn: '<EdgeKeySecretArn>',
  slackSecretArn: '<SlackSecretArn>',
  dashboardUrl: '<DashboardUrl>',
  alarmTopicArn: '<AlarmTopicArn>',
  bases: [],
}

/** Everything in AWS. CloudFormation changes what is different, and nothing else. `reserve` says whether there is room to. */
export async function deployStacks(guide: Guide, reserve: boolean): Promise<Outputs> {
  const { tools, say } = guide
  say.step('AWS')
  return inOwnFolder(async (folder) => {
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
      tools.dry ? '<file>' : file,
      ...reservation,
    ]
    await tools.call({ tool: 'cdk', args, shown: true })
    const outputs = tools.dry
      ? { ...PRETENDED, bases: pretendedBases(guide) }
      : read(JSON.parse(readFileSync(file, 'utf8')))
    // After a rollback the alias points elsewhere, and CloudFormation, whose template is the same, leaves it there.
    if ((await aliasedVersion(guide, outputs.answerVersion)) !== outputs.answerVersion)
      await pointAlias(guide, outputs.answerVersion)
    say.done(`${ANSWER_FUNCTION} is at version ${outputs.answerVersion}`)
    return outputs
  })
}

function read(stacks: Record<string, Record<string, string>>): Outputs {
  const all: Record<string, string> = Object.assign({}, ...Object.values(stacks))
  const of = (name: string): string => {
    const value = all[name]
    if (value === undefined)
      throw new Error(`The stacks have no output ${name}. They are not those of this program.`)
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
export function pretendedBases({ sections }: Pick<Guide, 'sections'>): MadeBase[] {
  return sections.knowledge.bases.flatMap((base): MadeBase[] =>
    base.source === 'existing'
      ? []
      : [
          {
            name: base.name,
            knowledgeBaseId: `<id of ${base.name}>`,
            dataSourceId: `<source of ${base.name}>`,
            reading: readingOf(base),
            ...(base.source === 'confluence' && { credentialsArn: `<secret of ${base.name}>` }),
          },
        ],
  )
}
