import type { Clock } from '../../clock.ts'

/** Features that a workspace can lack. `steps` are those of a stream, `cards` the same in other messages. */
export type Feature = 'streams' | 'steps' | 'cards' | 'sessions'

/** Features that Slack has refused to this workspace. Each of our processes finds out for itself. */
export interface UnsupportedFeatures {
  has(feature: Feature): boolean
  add(feature: Feature): void
}

/** An administrator may switch a feature on; we find out without a restart. */
export const UNSUPPORTED_TTL_MS = 3_600_000

export function createUnsupportedFeatures(clock: Clock): UnsupportedFeatures {
  const until = new Map<Feature, number>()
  return {
    has: (feature) => (until.get(feature) ?? 0) > clock.now(),
    add: (feature) => void until.set(feature, clock.now() + UNSUPPORTED_TTL_MS),
  }
}
