import * as v from 'valibot'
import * as sections from '../assistant.config.ts'
import { Assistant } from './assistant.ts'

/** The settings of one deployment, with what the operator wrote into assistant.config.ts. */
export interface Config {
  assistant: Assistant
  region: string
  modelRegion: string
  knowledgeRegion: string
  turnsTable: string
  /** In AWS, the secret that holds the bot token and the two ids; elsewhere, these three themselves. */
  slack: { secretArn: string } | { botToken: string; teamId: string; appId: string }
  /** Replaces https://slack.com/api/ in the playground. */
  slackApiUrl?: string
  modelId: string
  knowledgeBases: { name: string; id: string }[]
  rerankModelArn?: string
  guardrail?: { id: string; version: string }
}

/**
 * Reads the environment, once. The SDK itself reads the endpoints of AWS services from
 * AWS_ENDPOINT_URL_<SERVICE>. Throws one error that names everything that is missing or wrong.
 */
export function readConfig(env: Record<string, string | undefined>): Config {
  const problems: string[] = []
  const required = (name: string): string => {
    const value = env[name]
    if (!value) problems.push(`${name} is not set`)
    return value ?? ''
  }

  const region = required('AWS_REGION')
  const turnsTable = required('TURNS_TABLE')
  const modelId = required('MODEL_ID')
  const slack = env.SLACK_SECRET_ARN
    ? { secretArn: env.SLACK_SECRET_ARN }
    : env.SLACK_BOT_TOKEN
      ? { botToken: env.SLACK_BOT_TOKEN, teamId: required('SLACK_TEAM_ID'), appId: required('SLACK_APP_ID') }
      : { secretArn: required('SLACK_SECRET_ARN') }

  const knowledgeBases = (env.KNOWLEDGE_BASES ?? '')
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
    .map((entry) => {
      const [name, id, ...rest] = entry.split('=')
      if (!name || !id || rest.length > 0) problems.push(`KNOWLEDGE_BASES holds "${entry}"; write name=id`)
      return { name: name ?? '', id: id ?? '' }
    })
  if (Boolean(env.GUARDRAIL_ID) !== Boolean(env.GUARDRAIL_VERSION))
    problems.push('only one of GUARDRAIL_ID and GUARDRAIL_VERSION is set; set both or neither')

  const assistant = v.safeParse(Assistant, { ...sections })
  if (!assistant.success) {
    problems.push(
      ...assistant.issues.map((issue) =>
        ['assistant.config.ts', v.getDotPath(issue), issue.message].filter(Boolean).join(': '),
      ),
    )
  }
  if (problems.length > 0 || !assistant.success)
    throw new Error(`Some settings are missing or wrong: ${problems.join('; ')}.`)

  return {
    assistant: assistant.output,
    region,
    modelRegion: env.MODEL_REGION || region,
    knowledgeRegion: env.KNOWLEDGE_REGION || region,
    turnsTable,
    slack,
    modelId,
    knowledgeBases,
    ...(env.SLACK_API_URL && { slackApiUrl: env.SLACK_API_URL }),
    ...(env.RERANK_MODEL_ARN && { rerankModelArn: env.RERANK_MODEL_ARN }),
    ...(env.GUARDRAIL_ID &&
      env.GUARDRAIL_VERSION && { guardrail: { id: env.GUARDRAIL_ID, version: env.GUARDRAIL_VERSION } }),
  }
}
