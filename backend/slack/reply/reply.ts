import type { Clock } from '../../clock.ts'
import type { Footer, Reply, ReplyOpening } from '../../turn/replies.ts'
import type { Slack } from '../api/client.ts'
import type { ReplyContext, ReplyTarget } from './message.ts'
import { createPacer } from './pacer.ts'
import { createSession } from './session.ts'
import type { UnsupportedFeatures } from './unsupported.ts'
import { createWriter } from './writer.ts'

/** What stays of the invocation's time when the last wait must be over: one write to the table. */
const UNTIL_MARGIN_MS = 2_000

/** The first word waits so long for the space after it, which would begin the next piece and might get lost there. */
const FIRST_WORD_MS = 100

export interface ReplyOptions extends ReplyOpening {
  unsupported: UnsupportedFeatures
  recordStream(ts: string): Promise<void>
  adoptStream(ts: string): Promise<boolean>
  holdsClaim(): Promise<boolean>
}

/** Opens the reply at once, without waiting for it. */
export function openReply(slack: Slack, clock: Clock, to: ReplyTarget, options: ReplyOptions): Reply {
  const { unsupported } = options
  const noted: Promise<void>[] = []
  const desk: ReplyContext = {
    slack,
    clock,
    to,
    unsupported,
    until: options.endsAt - UNTIL_MARGIN_MS,
    recordStream(ts) {
      const note = options.recordStream(ts)
      noted.push(note)
      return note
    },
    adoptStream: options.adoptStream,
    holdsClaim: options.holdsClaim,
  }
  const session = createSession(desk)
  let lost: 'gone' | 'taken' | undefined
  const writer = createWriter(desk, session, (reason) => {
    if (reason !== 'stopped') lost ??= reason
    options.interrupt(reason)
  })
  writer.addStep({ ...options.firstStep, status: 'in_progress' })
  const begun = writer.start()

  let ending: Footer | undefined
  let abandoned = false
  let firstWord: 'to come' | 'waits' | 'late' = 'to come'
  const pacer = createPacer({
    clock,
    gapMs: writer.gapMs,
    ready: (gathered, final) =>
      abandoned ? 0 : writer.sendableLength(gathered, final || (firstWord === 'late' && isWord(gathered))),
    async send(text) {
      await begun
      return abandoned ? 0 : writer.sendNext(text, ending)
    },
  })

  /** Alone in the reply so far. */
  const isWord = (gathered: string) => writer.firstTextAt() === undefined && /^[^\s`|<[]+$/.test(gathered)

  async function closeAll(given: Footer): Promise<void> {
    let active = false
    try {
      await begun
      if (writer.completeSteps()) pacer.nudge()
      await pacer.flush()
      active = await writer.close(given)
    } finally {
      if (!active) await session.setActive()
      await Promise.all(noted)
    }
  }

  return {
    step(id, title, status = 'complete') {
      if (ending || abandoned) return
      writer.addStep({ id, title, status })
      if (status === 'in_progress') pacer.nudge()
    },
    say(markdown) {
      pacer.push(markdown)
      if (firstWord !== 'to come') return
      firstWord = 'waits'
      void clock.sleep(FIRST_WORD_MS).then(() => {
        firstWord = 'late'
        pacer.push('')
      })
    },
    async close(given) {
      ending = given
      try {
        await closeAll(given)
      } catch (error) {
        if (lost === undefined) throw error
      }
      return lost ?? 'closed'
    },
    async abandon() {
      abandoned = true
      await pacer.flush().catch(() => undefined)
      await session.endIfStarted().catch(() => undefined)
      await Promise.all(noted)
    },
    firstTextAt: writer.firstTextAt,
  }
}
