import type { Placement } from '../../settings/placement.ts'
import type { Sections } from '../../settings/sections.ts'
import type { CliOptions } from './cli-options.ts'
import type { LocalState } from './local-state.ts'
import type { Output } from './output.ts'
import type { Prompts } from './prompts.ts'
import type { Tools } from './tools.ts'
import type { WranglerConfig } from './wrangler-config.ts'

export interface Endpoints {
  /** Ends with a slash. */
  slack: string
  /** Does not end with a slash. */
  cloudflare: string
}

/** Everything that the steps work with. */
export interface DeployContext {
  /** The folder with wrangler.toml, in which `cdk deploy` writes the bundles. */
  root: string
  sections: Sections
  placement: Placement
  wrangler: WranglerConfig
  options: CliOptions
  tools: Tools
  prompts: Prompts
  state: LocalState
  output: Output
  /** The APIs that we call ourselves, without a tool. */
  endpoints: Endpoints
  sleep(ms: number): Promise<unknown>
}
