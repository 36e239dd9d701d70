import { expect } from 'vitest'
import { SECRETS } from './empty-world.ts'
import type { Call } from './recorders.ts'

/** The calls of a whole deployment after the checks, in order. */
export const STEPS = [
  'cdk deploy',
  'aws lambda get-alias',
  'aws secretsmanager get-secret-value',
  'aws secretsmanager put-secret-value',
  'aws bedrock-agent list-ingestion-jobs',
  'aws bedrock-agent list-ingestion-jobs',
  'aws bedrock-agent start-ingestion-job',
  'aws bedrock-agent get-ingestion-job',
  'wrangler queues info vera-handoffs',
  'wrangler queues create vera-handoffs',
  'wrangler queues info vera-handoffs-dead',
  'wrangler queues create vera-handoffs-dead',
  'aws secretsmanager get-secret-value',
  'wrangler deploy',
  'aws secretsmanager get-secret-value',
  'wrangler secret list',
  'wrangler secret put SLACK_SIGNING_SECRET',
  'aws secretsmanager put-secret-value',
]

/** The calls of the preflight, sorted, because some overlap. */
export const CHECKS = [
  'aws bedrock get-foundation-model',
  'aws bedrock get-foundation-model-availability',
  'aws bedrock get-foundation-model-availability',
  'aws bedrock get-foundation-model-availability',
  'aws bedrock get-inference-profile',
  'aws bedrock get-use-case-for-model-access',
  'aws lambda get-account-settings',
  'aws lambda get-function-concurrency',
  'aws s3vectors list-vector-buckets',
  'aws ssm get-parameter',
  'aws sts get-caller-identity',
  'wrangler auth token',
  'wrangler queues list',
  'wrangler whoami',
]

/** The command up to its first option: `aws lambda get-alias`, `wrangler queues create vera-handoffs`. */
export function shortLine({ tool, args }: Pick<Call, 'tool' | 'args'>): string {
  const options = args.findIndex((arg) => arg.startsWith('-'))
  return [tool, ...(options === -1 ? args : args.slice(0, options))].join(' ')
}

export function fullLine({ tool, args }: Pick<Call, 'tool' | 'args'>): string {
  return [tool, ...args].join(' ')
}

/** Expects each secret on the standard input of the named tools, and nowhere else. */
export function expectHidden(
  calls: Call[],
  printed: string,
  inputs: Partial<Record<keyof typeof SECRETS, string[]>>,
): void {
  for (const [name, secret] of Object.entries(SECRETS)) {
    expect(printed).not.toContain(secret)
    for (const { args, env } of calls) expect(JSON.stringify([args, env])).not.toContain(secret)
    const readers = calls
      .filter(({ input }) => input.includes(secret))
      .map(({ tool, args }) => `${tool} ${args[0]}`)
    expect([name, readers]).toEqual([name, inputs[name as keyof typeof SECRETS] ?? []])
  }
}
