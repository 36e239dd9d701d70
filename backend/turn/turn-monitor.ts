import type { Clock } from '../clock.ts'

/** Poll interval. With one read, Stop takes effect within two seconds. */
export const POLL_INTERVAL_MS = 1_000

/**
 * Polls the turn's state until the returned function is called, and interrupts the turn if Stop was pressed
 * or the claim is lost. It goes on polling after that, because a poll also answers the probe of `apologize`.
 * A poll that fails is ignored: the next one follows.
 */
export function monitorTurn(
  poll: () => Promise<{ stopped: boolean; holds: boolean }>,
  interrupt: (reason: 'stopped' | 'taken') => void,
  clock: Clock,
): () => void {
  let ended = false
  const run = async (): Promise<void> => {
    while (!ended) {
      await clock.sleep(POLL_INTERVAL_MS)
      if (ended) return
      const state = await poll().catch(() => undefined)
      if (state?.holds === false) interrupt('taken')
      if (state?.stopped) interrupt('stopped')
    }
  }
  void run()
  return () => {
    ended = true
  }
}
