import type { Clock } from '../clock.ts'

/** Whoever pressed Stop sees the model stopped within two seconds: one of these, and a read. */
export const PULSE_MS = 1_000

export interface Watch {
  /** Fires when Stop was pressed in the thread. */
  readonly stopped: AbortSignal
  /** Fires when the claim is somebody else's: then nothing more is to be written. */
  readonly lost: AbortSignal
  end(): void
}

/** Looks once a second how a turn stands, until it is ended. A look that fails is made up for by the next. */
export function watch(pulse: () => Promise<{ stopped: boolean; holds: boolean }>, clock: Clock): Watch {
  const stopped = new AbortController()
  const lost = new AbortController()
  let ended = false
  const look = async (): Promise<void> => {
    while (!ended) {
      await clock.sleep(PULSE_MS)
      if (ended) return
      const seen = await pulse().catch(() => undefined)
      if (seen?.stopped) stopped.abort()
      if (seen?.holds === false) lost.abort()
    }
  }
  void look()
  return {
    stopped: stopped.signal,
    lost: lost.signal,
    end: () => {
      ended = true
    },
  }
}
