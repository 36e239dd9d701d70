import type { Clock } from '../clock.ts'
import { createPacer } from '../pacer.ts'
import type { Ending } from './blocks.ts'
import type { Step } from './content.ts'
import type { Addressee, Desk } from './message.ts'
import type { Refusals } from './refusals.ts'
import { createSession } from './session.ts'
import type { Slack } from './web-api.ts'
import { createWriter } from './writer.ts'

/** What stays of the invocation's time when the last wait must be over: one write to the table. */
const UNTIL_MARGIN_MS = 2_000

/** Our reply in the thread: streamed where Slack lets us, else posted and updated, in as many messages as it takes. */
export interface Reply {
  /** Fires when Slack says that the person has pressed Stop. */
  readonly stopped: AbortSignal
  /** A stage of the work, done; shown with the next text. One that is under way is shown at once. */
  step(id: string, title: string, status?: Step['status']): void
  write(markdown: string): void
  /** Sends what is left, ends the message and leaves the session active. Throws where nobody would see the answer. */
  close(ending: Ending): Promise<void>
  /** Writes no more. */
  abandon(): void
  /** When the first text was there to be read, in milliseconds of the Unix epoch. */
  firstTextAt(): number | undefined
}

export interface ReplyOptions {
  /** What the person sees first. */
  firstStep: { id: string; title: string }
  /** When the invocation ends, in milliseconds of the Unix epoch. */
  endsAt: number
  refusals: Refusals
  opened(ts: string): Promise<void>
  adopt(ts: string): Promise<boolean>
}

/** Opens the reply at once, without waiting for it. */
export function openReply(slack: Slack, clock: Clock, to: Addressee, options: ReplyOptions): Reply {
  const { refusals } = options
  const noted: Promise<void>[] = []
  const desk: Desk = {
    slack,
    clock,
    to,
    refusals,
    until: options.endsAt - UNTIL_MARGIN_MS,
    opened(ts) {
      const note = options.opened(ts)
      noted.push(note)
      return note
    },
    adopt: options.adopt,
  }
  const session = createSession(desk)
  const stopped = new AbortController()
  const writer = createWriter(desk, session, () => stopped.abort())
  writer.note({ ...options.firstStep, status: 'in_progress' })
  const begun = writer.begin()

  let ending: Ending | undefined
  let abandoned = false
  const pacer = createPacer({
    clock,
    gapMs: writer.gapMs,
    ready: (gathered, final) => (abandoned ? 0 : writer.ready(gathered, final)),
    async send(text) {
      await begun
      return writer.write(text, ending)
    },
  })

  return {
    stopped: stopped.signal,
    step(id, title, status = 'complete') {
      writer.note({ id, title, status })
      if (status === 'in_progress') pacer.nudge()
    },
    write: (markdown) => pacer.push(markdown),
    async close(given) {
      ending = given
      let active = false
      try {
        await begun
        await pacer.flush()
        active = await writer.end(given)
      } finally {
        if (!active) await session.active()
        await Promise.all(noted)
      }
    },
    abandon() {
      abandoned = true
    },
    firstTextAt: writer.firstTextAt,
  }
}
