import type { VerifiedBody } from './signature.ts'

/** What the Worker is given: wrangler.toml's variables, secrets and bindings, as `wrangler types` reads them, and one optional variable. */
export type Bindings = Env & {
  /** In place of Lambda's own address, outside AWS. */
  LAMBDA_ENDPOINT?: string
}

/** Hono's environment of this app. */
export interface EdgeEnv {
  Bindings: Bindings
  Variables: {
    /** Set by `verify`, and by nothing else. */
    body: VerifiedBody
    /** When the request came, in milliseconds of the Unix epoch. */
    receivedAt: number
  }
}
