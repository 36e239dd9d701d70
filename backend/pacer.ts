import type { Clock } from './clock.ts'

/** Slack asked us to wait. */
export class AskedToWait extends Error {
  override readonly name = 'AskedToWait' as const
  readonly waitMs: number
  constructor(waitMs: number, options?: ErrorOptions) {
    super(`asked to wait ${waitMs} ms`, options)
    this.waitMs = waitMs
  }
}

export interface Pacer {
  push(text: string): void
  /** Resolves when everything pushed so far is sent; rejects where sending failed for good. */
  flush(): Promise<void>
  /** What could not be sent, once flush has rejected. */
  unsent(): string
}

/**
 * One writer: gathers text while a send is under way or too recent, and sends it in one piece. The first piece goes
 * at once. Where Slack asks to wait, what is gathered meanwhile goes with it. `gapMs` is between the beginnings of
 * two sends.
 */
export function createPacer({ send, gapMs, clock }: { send: (text: string) => Promise<void>; gapMs: number; clock: Clock }): Pacer {
  let gathered = ''
  let notBefore = Number.NEGATIVE_INFINITY
  let writing: Promise<void> | undefined
  let failed: { error: unknown } | undefined

  async function write(): Promise<void> {
    while (gathered !== '' && !failed) {
      const wait = notBefore - clock.now()
      if (wait > 0) await clock.sleep(wait)
      const piece = gathered
      gathered = ''
      notBefore = clock.now() + gapMs
      try {
        await send(piece)
      } catch (error) {
        gathered = piece + gathered
        if (error instanceof AskedToWait) notBefore = clock.now() + error.waitMs
        else failed = { error }
      }
    }
    writing = undefined
  }

  return {
    push(text) {
      gathered += text
      if (gathered !== '' && !failed) writing ??= write()
    },
    async flush() {
      while (writing) await writing
      if (failed) throw failed.error
    },
    unsent: () => gathered,
  }
}
