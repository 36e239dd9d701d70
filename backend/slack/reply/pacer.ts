import type { Clock } from '../../clock.ts'
import { RateLimited } from '../api/write-result.ts'

/** However often Slack asks to wait, people see something this often. */
export const LONGEST_GAP_MS = 5_000

export interface PacerOptions {
  /** How much of what is gathered may be sent now; all of it may, once `final`. */
  ready(gathered: string, final: boolean): number
  /** Sends as much of the text as it can in one write, and says how much that was. Throws where nothing was sent. */
  send(text: string): Promise<number>
  /** Between the beginnings of two sends; doubled each time that Slack asks to wait. */
  gapMs: () => number
  clock: Clock
}

export interface Pacer {
  push(text: string): void
  /** Sends now, or as soon as the gap is over, also where there is no text to send. */
  nudge(): void
  /** Resolves when everything pushed so far is sent; rejects where sending failed for good. */
  flush(): Promise<void>
}

/**
 * One writer: gathers text while a send is under way or too recent, and sends it in one piece. The first piece goes
 * at once. Where Slack asks to wait, what is gathered meanwhile goes with it.
 */
export function createPacer({ ready, send, gapMs, clock }: PacerOptions): Pacer {
  let gathered = ''
  let nudged = false
  let final = false
  let slower = 1
  let notBefore = Number.NEGATIVE_INFINITY
  let writing: Promise<void> | undefined
  let failed: { error: unknown } | undefined

  const due = (): boolean => !failed && (nudged || ready(gathered, final) > 0)

  async function write(): Promise<void> {
    while (due()) {
      const wait = notBefore - clock.now()
      if (wait > 0) await clock.sleep(wait)
      const piece = gathered.slice(0, ready(gathered, final))
      nudged = false
      notBefore = clock.now() + Math.min(gapMs() * slower, Math.max(LONGEST_GAP_MS, gapMs()))
      try {
        const sent = await send(piece)
        gathered = gathered.slice(sent)
      } catch (error) {
        if (error instanceof RateLimited) {
          slower *= 2
          notBefore = clock.now() + error.waitMs
        } else failed = { error }
      }
    }
    writing = undefined
  }

  const start = (): void => {
    if (due()) writing ??= write()
  }

  return {
    push(text) {
      gathered += text
      start()
    },
    nudge() {
      nudged = true
      start()
    },
    async flush() {
      final = true
      start()
      while (writing) await writing
      final = false
      if (failed) throw failed.error
    },
  }
}
