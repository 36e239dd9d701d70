import type { Placement } from '../../settings/placement.ts'
import type { Sections } from '../../settings/sections.ts'
import type { CliOptions } from './cli-options.ts'
import type { LocalState } from './local-state.ts'
import type { Output } from './output.ts'
import type { Prompts } from './prompts.ts'
import type { Tools } from './tools.ts'
import type { WranglerConfig } from './wrangler-config.ts'

/** What every step of a deployment may use. */
export interface DeployContext {
  sections: Sections
  placement: Placement
  wrangler: WranglerConfig
  options: CliOptions
  tools: Tools
  prompts: Prompts
  state: LocalState
  output: Output
}
