import type { Clock } from '../../playground/clock.ts'

/** A clock that does not move until the test moves it. */
export interface FakeClock extends Clock {
  /** Moves on by `ms` milliseconds, and calls what becomes due, in order. */
  advance(ms: number): void
  /** Moves on to the next due time, if there is one. */
  advanceToNext(): void
  /** Resolves as soon as something waits until exactly `ms` milliseconds from now. */
  waitedFor(ms: number): Promise<void>
}

export function createFakeClock(start = 1_800_000_000_000): FakeClock {
  let now = start
  const timers = new Set<{ due: number; act: () => void }>()
  let watchers: { due: number; resolve: () => void }[] = []
  const tell = () => {
    watchers = watchers.filter(({ due, resolve }) => {
      const waiting = [...timers].some((timer) => timer.due === due)
      if (waiting) resolve()
      return !waiting
    })
  }
  return {
    now: () => now,
    after(ms, act) {
      const timer = { due: now + ms, act }
      timers.add(timer)
      tell()
      return () => void timers.delete(timer)
    },
    advance(ms) {
      const end = now + ms
      for (;;) {
        const [next] = [...timers].filter(({ due }) => due <= end).sort((a, b) => a.due - b.due)
        if (!next) break
        timers.delete(next)
        now = Math.max(now, next.due)
        next.act()
      }
      now = end
    },
    advanceToNext() {
      const next = Math.min(...[...timers].map(({ due }) => due))
      if (Number.isFinite(next)) this.advance(Math.max(0, next - now))
    },
    waitedFor: (ms) =>
      new Promise((resolve) => {
        watchers.push({ due: now + ms, resolve })
        tell()
      }),
  }
}
