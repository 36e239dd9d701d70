import type { Placement } from '../../settings/placement.ts'
import type { Sections } from '../../settings/sections.ts'
import type { CliOptions } from './cli-options.ts'
import type { LocalState } from './local-state.ts'
import type { Output } from './output.ts'
import type { Prompts } from './prompts.ts'
import type { Tools } from './tools.ts'
import type { WranglerConfig } from './wrangler-config.ts'

export interface Endpoints {
  /** Ends in a slash. */
  slack: string
  /** Has no slash at its end. */
  cloudflare: string
}

/** What every step of a deployment may use. */
export interface DeployContext {
  /** The folder with wrangler.toml, where `cdk deploy` leaves the bundles. */
  root: string
  sections: Sections
  placement: Placement
  wrangler: WranglerConfig
  options: CliOptions
  tools: Tools
  prompts: Prompts
  state: LocalState
  output: Output
  /** Where the APIs are that no tool asks for us. */
  endpoints: Endpoints
  sleep(ms: number): Promise<unknown>
}
