import type { Placement } from '../../settings/placement.ts'
import type { Sections } from '../../settings/sections.ts'
import type { Given } from './cli-options.ts'
import type { Memory } from './local-state.ts'
import type { Voice } from './output.ts'
import type { Asking } from './prompts.ts'
import type { Tools } from './tools.ts'
import type { WranglerConfig } from './wrangler-config.ts'

/** What every step of a deployment may use. */
export interface Guide {
  sections: Sections
  placement: Placement
  wrangler: WranglerConfig
  given: Given
  tools: Tools
  ask: Asking
  memory: Memory
  say: Voice
}
