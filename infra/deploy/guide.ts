import type { Placement } from '../placement.ts'
import type { Sections } from '../sections.ts'
import type { Asking } from './asking.ts'
import type { Given } from './given.ts'
import type { Memory } from './memory.ts'
import type { Tools } from './tools.ts'
import type { Voice } from './voice.ts'
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
