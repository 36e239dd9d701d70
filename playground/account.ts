import { identity } from './slack/identity.ts'

// The AWS account of the playground. Names, ids and keys that a deployment gets from AWS; all of them are
// fake here.

export const AWS_ACCOUNT = { region: 'us-east-1', accountId: '000000000000' } as const

/** The edge's AWS key. */
export const CALLER = { accessKeyId: 'AKIAFAKEEDGE', secretAccessKey: 'fake-edge-secret' } as const

/** Credentials of the role that both functions run under. */
export const ROLE = {
  accessKeyId: 'ASIAFAKELAMBDA',
  secretAccessKey: 'fake-lambda-secret',
  sessionToken: 'fake-session-token',
} as const

/** The name in wrangler.toml's LAMBDA_FUNCTION. APOLOGIZE_FUNCTION reads its on-failure queue. */
export const ANSWER_FUNCTION = 'vera-answer'
export const ALIAS = 'live'
export const APOLOGIZE_FUNCTION = 'vera-apologize'

/** The deployed values. Every time budget of the backend fits into the first. */
export const LAMBDA_TIMEOUT_SECONDS = 300
export const APOLOGIZE_TIMEOUT_SECONDS = 30
export const LAMBDA_MEMORY_MB = 1024
/** How many times SQS delivers a failure record before it becomes a dead letter. */
export const APOLOGY_RECEIVES = 20

export const TURNS_TABLE = 'vera-turns'
export const MODEL_ID = 'playground.model-v1:0'
export const RERANK_MODEL = `arn:aws:bedrock:${AWS_ACCOUNT.region}::foundation-model/amazon.rerank-v1:0`
export const GUARDRAIL = { id: 'gr00fake', version: '1' } as const

export const SLACK_SECRET_ARN = `arn:aws:secretsmanager:${AWS_ACCOUNT.region}:${AWS_ACCOUNT.accountId}:secret:vera/slack-AbCdEf`
export const SLACK_SECRET = {
  botToken: identity.botToken,
  teamId: identity.teamId,
  appId: identity.appId,
} as const

/** Ten letters and digits, like Bedrock's ids of knowledge bases. */
export function knowledgeBaseId(index: number): string {
  return `KB${String(index + 1).padStart(8, '0')}`
}
