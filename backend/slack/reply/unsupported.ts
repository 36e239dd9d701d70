import type { Clock } from '../../clock.ts'

/** What a workspace can lack: streamed messages, steps inside them, steps as cards in other messages, agent sessions. */
export type Feature = 'streams' | 'steps' | 'cards' | 'sessions'

/** What Slack has refused to this workspace for good. Others of our processes find out for themselves. */
export interface UnsupportedFeatures {
  has(feature: Feature): boolean
  add(feature: Feature): void
}

/** An administrator may switch a feature on; nobody need restart us for it. */
const REMEMBERED_MS = 3_600_000

export function createUnsupportedFeatures(clock: Clock): UnsupportedFeatures {
  const until = new Map<Feature, number>()
  return {
    has: (feature) => (until.get(feature) ?? 0) > clock.now(),
    add: (feature) => void until.set(feature, clock.now() + REMEMBERED_MS),
  }
}
