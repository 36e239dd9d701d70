import type { Clock } from '../clock.ts'
import type { SlackLimits } from './limits.ts'
import type { Method } from './methods.ts'

/** Applies the rate limits. */
export interface Tiers {
  /**
   * Counts one call and returns 0. If the limit is reached, counts nothing and returns the seconds for
   * `Retry-After`.
   */
  take(name: string, method: Method, channel: string | undefined): number
}

/**
 * The rate limits of one app in one workspace: a sliding window per method, and a bucket per channel for
 * chat.postMessage.
 */
export function createTiers({ clock, limits }: { clock: Clock; limits: SlackLimits }): Tiers {
  const windows = new Map<string, number[]>()
  const buckets = new Map<string, { left: number; at: number }>()

  function waitForWindow(name: string, ceiling: number): number {
    const now = clock.now()
    const recent = (windows.get(name) ?? []).filter((at) => at > now - limits.windowMs)
    windows.set(name, recent)
    const [oldest] = recent
    if (oldest === undefined || recent.length < ceiling) return 0
    return Math.max(1, Math.ceil((oldest + limits.windowMs - now) / 1000))
  }

  function waitForBucket(channel: string): number {
    const { burst, perSecond } = limits.postMessage
    const now = clock.now()
    const before = buckets.get(channel) ?? { left: burst, at: now }
    const left = Math.min(burst, before.left + ((now - before.at) / 1000) * perSecond)
    buckets.set(channel, { left, at: now })
    return left >= 1 ? 0 : Math.max(1, Math.ceil((1 - left) / perSecond))
  }

  return {
    take(name, method, channel = '') {
      if (limits.tiers === 'off') return 0
      const posting = name === 'chat.postMessage'
      const wait = waitForWindow(
        name,
        posting ? limits.postMessage.perWindow : ceiling(name, method, limits.tiers),
      )
      const seconds = posting ? Math.max(wait, waitForBucket(channel)) : wait
      if (seconds > 0) return seconds
      windows.get(name)?.push(clock.now())
      const bucket = buckets.get(channel)
      if (posting && bucket) bucket.left -= 1
      return 0
    },
  }
}

function ceiling(name: string, { tier }: Method, tiers: Exclude<SlackLimits['tiers'], 'off'>): number {
  if (name === 'assistant.threads.setStatus') return tiers.assistantStatus
  return tier === 't5' ? tiers.special : tiers[tier]
}
