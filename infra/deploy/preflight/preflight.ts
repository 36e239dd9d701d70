import { manifestOf } from '../../settings/slack-manifest.ts'
import { UserError } from '../../settings/user-error.ts'
import type { DeployContext } from '../terminal/context.ts'
import { type Finding, reportFindings } from '../terminal/findings.ts'
import { type ConcurrencyCheck, checkBootstrap, checkConcurrency } from './aws.ts'
import { checkModels } from './bedrock.ts'
import { checkQueues, checkSubdomain } from './cloudflare.ts'
import { checkExisting } from './existing.ts'
import {
  type Account,
  type Accounts,
  accountsOf,
  logInToAws,
  logInToCloudflare,
  withCloudflareAccount,
} from './log-in.ts'
import { checkVectors } from './s3-vectors.ts'

export type PreflightResult = Accounts & { reserve: boolean }

/**
 * Checks everything that could stop a deployment half-way, and reports all problems at once. Changes nothing.
 */
export async function preflight(context: DeployContext): Promise<PreflightResult> {
  context.output.step('Preflight')
  const [aws, cloudflare] = await Promise.all([checkAws(context), checkCloudflare(context)])
  reportFindings(context, [...checkConfiguration(context), ...aws.findings, ...cloudflare.findings])
  return {
    ...accountsOf(context, aws.account, cloudflare.account),
    reserve: aws.concurrency?.reserve ?? true,
  }
}

/** Needs no account. */
function checkConfiguration({ sections }: DeployContext): Finding[] {
  const placeholders = sections.knowledge.bases.flatMap((base) =>
    base.source === 'confluence' && new URL(base.site).hostname.endsWith('.example') ? [base] : [],
  )
  const findings: Finding[] = placeholders.map(({ name, site }) => ({
    kind: 'error',
    message: `assistant.config.ts: the site of the knowledge base "${name}" is ${site}, an address that cannot exist. Set the address of your own site.`,
  }))
  try {
    manifestOf(sections, 'https://not-known-yet.example')
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    findings.push({ kind: 'error', message: error.message })
  }
  return findings.length > 0
    ? findings
    : [{ kind: 'ok', message: 'assistant.config.ts is valid and fits the limits of AWS and Slack' }]
}

async function checkAws(
  context: DeployContext,
): Promise<{ account?: string; concurrency?: ConcurrencyCheck; findings: Finding[] }> {
  const { account, finding } = await logInToAws(context)
  if (account === undefined) return { findings: [finding] }
  const [concurrency, ...more] = await Promise.all([
    checkConcurrency(context),
    checkBootstrap(context),
    checkModels(context),
    checkVectors(context),
    checkExisting(context),
  ])
  return { account, concurrency, findings: [finding, ...more.flat(), concurrency.finding] }
}

async function checkCloudflare(context: DeployContext): Promise<{ account?: Account; findings: Finding[] }> {
  const { account, finding } = await logInToCloudflare(context)
  if (account === undefined) return { findings: [finding] }
  const onAccount = { ...context, tools: withCloudflareAccount(context.tools, account.id) }
  const [queues, subdomain] = await Promise.all([
    checkQueues(onAccount),
    checkSubdomain(onAccount, account.id),
  ])
  return { account, findings: [finding, queues, ...subdomain] }
}
