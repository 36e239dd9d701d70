import type { Clock } from '../../clock.ts'
import type { Footer, Reply, ReplyOpening } from '../../turn/replies.ts'
import type { Slack } from '../api/client.ts'
import { isOutOfReach, slackError } from '../api/error-codes.ts'
import { createPacer } from './pacer.ts'
import { createRefusals } from './refusals.ts'
import type { ReplyContext, ReplyTarget } from './reply-context.ts'
import { createSession } from './session.ts'
import { tellAsker } from './tell-asker.ts'
import { createWriter } from './writer.ts'

/** Kept back at the end of the invocation for one write to the table. */
export const UNTIL_MARGIN_MS = 2_000

/** The first word waits so long for the space after it: Slack might drop it at the start of a piece. */
export const FIRST_WORD_MS = 100

type ReplyOptions = ReplyOpening &
  Pick<ReplyContext, 'unsupported' | 'recordStream' | 'adoptStream' | 'holdsClaim'>

/** Opens the reply at once, without waiting for Slack. */
export function openReply(
  slack: Slack,
  clock: Clock,
  to: ReplyTarget,
  { firstStep, endsAt, interrupt, ...options }: ReplyOptions,
): Reply {
  const records: Promise<void>[] = []
  const context: ReplyContext = {
    ...options,
    slack,
    clock,
    to,
    refusals: createRefusals(),
    until: endsAt - UNTIL_MARGIN_MS,
    recordStream(ts) {
      const record = options.recordStream(ts)
      records.push(record)
      return record
    },
  }
  const session = createSession(context)
  let lost: 'gone' | 'taken' | undefined
  const writer = createWriter(context, session, (reason) => {
    if (reason !== 'stopped') lost ??= reason
    interrupt(reason)
  })
  writer.addStep({ ...firstStep, status: 'in_progress' })
  const started = writer.start()

  /** Set when the reply is being closed. */
  let footer: Footer | undefined
  let isAbandoned = false
  let firstWord: 'to come' | 'waiting' | 'overdue' = 'to come'
  const isOneWord = (text: string) => writer.firstTextAt() === undefined && /^[^\s`|<[]+$/.test(text)
  const pacer = createPacer({
    clock,
    gapMs: writer.gapMs,
    sendableLength(text, isFinal) {
      if (isAbandoned) return 0
      return writer.sendableLength(text, isFinal || (firstWord === 'overdue' && isOneWord(text)))
    },
    async send(text) {
      await started
      return isAbandoned ? 0 : writer.sendNext(text, footer)
    },
  })

  async function closeMessages(last: Footer): Promise<void> {
    let isActive = false
    try {
      await started
      if (writer.completeSteps()) pacer.nudge()
      await pacer.flush()
      isActive = await writer.close(last)
    } finally {
      if (!isActive) await session.setActive()
      await Promise.all(records)
    }
  }

  return {
    step(id, title, status = 'complete') {
      if (footer || isAbandoned) return
      writer.addStep({ id, title, status })
      if (status === 'in_progress') pacer.nudge()
    },
    say(markdown) {
      pacer.push(markdown)
      if (firstWord !== 'to come') return
      firstWord = 'waiting'
      void clock.sleep(FIRST_WORD_MS).then(() => {
        firstWord = 'overdue'
        pacer.push('')
      })
    },
    async close(last) {
      footer = last
      try {
        await closeMessages(last)
      } catch (error) {
        if (isOutOfReach(slackError(error) ?? '')) lost ??= 'gone'
        if (lost === undefined) throw error
      }
      return lost ?? 'closed'
    },
    async abandon() {
      isAbandoned = true
      await pacer.flush().catch(() => undefined)
      await session.endIfStarted().catch(() => undefined)
      if (lost === 'gone' && writer.firstTextAt() === undefined) await tellAsker(context)
      await Promise.all(records)
    },
    firstTextAt: writer.firstTextAt,
    refused: () => context.refusals.noted,
  }
}
