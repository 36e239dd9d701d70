import type { RequestMeta } from './classify/decision.ts'
import type { LogLine } from './log.ts'
import type { VerifiedBody } from './signature.ts'

/**
 * The variables, secrets and bindings that `wrangler types` finds in wrangler.toml, and two that it cannot
 * find there.
 */
export type Bindings = Env & {
  /** A secret. It is missing until the Slack app exists. */
  SLACK_SIGNING_SECRET: string
  /** Replaces Lambda's own address outside AWS. */
  LAMBDA_ENDPOINT?: string
}

/** Hono's environment of this app. */
export interface EdgeEnv {
  Bindings: Bindings
  Variables: {
    requestMeta: RequestMeta
    /** Only `verify` sets it. */
    body: VerifiedBody
    /** Becomes the request's one log line. */
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

/** Names of required settings that are missing; empty when the Worker is fully configured. */
export function missingSettings(env: Bindings): string[] {
  return REQUIRED.filter((name) => !env[name])
}
