import type { RequestMeta } from './classify/decision.ts'
import type { LogLine } from './log.ts'
import type { VerifiedBody } from './signature.ts'

/** What the Worker is given: wrangler.toml's variables, secrets and bindings, as `wrangler types` reads them, and what it leaves out. */
export type Bindings = Env & {
  /** A secret that is there only once Slack's app is. */
  SLACK_SIGNING_SECRET: string
  /** In place of Lambda's own address, outside AWS. */
  LAMBDA_ENDPOINT?: string
}

/** Hono's environment of this app. */
export interface EdgeEnv {
  Bindings: Bindings
  Variables: {
    requestMeta: RequestMeta
    /** Set by `verify`, and by nothing else. */
    body: VerifiedBody
    /** What the request's one log line will say. */
    logLine: LogLine
  }
}

const REQUIRED = [
  'SLACK_SIGNING_SECRET',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_REGION',
  'LAMBDA_FUNCTION',
  'HANDOFFS',
] as const

/** The names of what a deployment has forgotten to set. Empty, and the Worker can do its work. */
export function missingSettings(env: Bindings): string[] {
  return REQUIRED.filter((name) => !env[name])
}

/** Of whatever answers: it must not fail where the rest is misconfigured. */
export function releaseOf(env: Partial<Bindings>): string {
  return env.RELEASE?.id ?? 'unknown'
}
