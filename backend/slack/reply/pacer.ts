import type { Clock } from '../../clock.ts'
import { RateLimited } from '../api/write-result.ts'

/** However often Slack asks us to wait, people see something new at least this often. */
export const LONGEST_GAP_MS = 5_000

export interface PacerOptions {
  /** How many characters of the gathered text may be sent now; all of them if it `isFinal`. */
  sendableLength(gathered: string, isFinal: boolean): number
  /** Sends as much as one write takes, and resolves to the length of it. Rejects if nothing was sent. */
  send(text: string): Promise<number>
  /** The least time between the beginnings of two sends. It doubles each time that Slack asks us to wait. */
  gapMs: () => number
  clock: Clock
}

export interface Pacer {
  push(text: string): void
  /** Sends now, or as soon as the gap is over, even if there is no text to send. */
  nudge(): void
  /** Resolves when everything pushed so far is sent. Rejects if a send has failed, other than by a wait. */
  flush(): Promise<void>
}

/**
 * Sends one piece at a time: gathers text while a send is under way or too recent, and sends it together. The
 * first piece goes at once. If Slack asks us to wait, the text gathered meanwhile goes along.
 */
export function createPacer({ sendableLength, send, gapMs, clock }: PacerOptions): Pacer {
  let gathered = ''
  let isNudged = false
  let isFinal = false
  let gapFactor = 1
  let notBefore = Number.NEGATIVE_INFINITY
  let sending: Promise<void> | undefined
  let failed: { error: unknown } | undefined

  const isDue = (): boolean => !failed && (isNudged || sendableLength(gathered, isFinal) > 0)

  async function sendAll(): Promise<void> {
    while (isDue()) {
      const waitMs = notBefore - clock.now()
      if (waitMs > 0) await clock.sleep(waitMs)
      const piece = gathered.slice(0, sendableLength(gathered, isFinal))
      isNudged = false
      notBefore = clock.now() + Math.min(gapMs() * gapFactor, Math.max(LONGEST_GAP_MS, gapMs()))
      try {
        const sent = await send(piece)
        gathered = gathered.slice(sent)
      } catch (error) {
        if (error instanceof RateLimited) {
          gapFactor *= 2
          const leastMs = Math.min(gapMs() * gapFactor, LONGEST_GAP_MS)
          notBefore = clock.now() + Math.max(error.waitMs, leastMs)
        } else failed = { error }
      }
    }
    sending = undefined
  }

  const start = (): void => {
    if (isDue()) sending ??= sendAll()
  }

  return {
    push(text) {
      gathered += text
      start()
    },
    nudge() {
      isNudged = true
      start()
    },
    async flush() {
      isFinal = true
      start()
      while (sending) await sending
      isFinal = false
      if (failed) throw failed.error
    },
  }
}
