import { TimedOut } from '../../deadline.ts'
import { reopeningFor } from '../../markdown/cut.ts'
import { showable } from '../../markdown/showable.ts'
import type { Footer, ReplyInterruption } from '../../turn/replies.ts'
import { areStepsRefused, isThreadGone, isTooLong, isUnsupported } from '../api/error-codes.ts'
import { retryRead } from '../api/own-messages.ts'
import { RateLimited } from '../api/write-result.ts'
import { createMessageCloser } from './close-messages.ts'
import type { Step } from './content.ts'
import { APPEND_GAP_MS, createLimits, stateAt, UPDATE_GAP_MS, type WritePosition } from './limits.ts'
import type { Message, ReplyContext } from './message.ts'
import { createPostedMessage } from './posted.ts'
import type { Session } from './session.ts'
import { startStream } from './streamed.ts'

/** For a table that does not answer; after it the turn is taken for ours. */
const HOLD_BUDGET_MS = 15_000

/** Writes one reply into its thread, a call at a time: chooses how, and goes on in another way or message where it must. */
export interface Writer {
  /** Opens the stream, or finds out that there is none. Never rejects. */
  start(): Promise<void>
  /** Shown with the next text. */
  addStep(step: Step): void
  /** Nothing is under way any more. Says whether people see something that is not so. */
  completeSteps(): boolean
  /** How much of the text may be written now; all of it, where it is `final`. */
  sendableLength(text: string, final: boolean): number
  /** Between the beginnings of two writes. */
  gapMs(): number
  /**
   * One write at most. Gives how much of `text` is written with it. With `ending` the text is the last. Throws
   * RateLimited where nothing was, and another error where nobody would see it.
   */
  sendNext(text: string, ending: Footer | undefined): Promise<number>
  /** Ends what is open, the last message with what stands under the reply. Says whether that left the session active. */
  close(ending: Footer): Promise<boolean>
  /** When the first text was there to be read, in milliseconds of the Unix epoch. */
  firstTextAt(): number | undefined
}

/** A write that calls `interrupt` with `gone` or `taken` throws as well. */
export function createWriter(
  desk: ReplyContext,
  session: Session,
  interrupt: (reason: ReplyInterruption) => void,
): Writer {
  const { clock, unsupported } = desk

  /** `posting`: by updates. `at the end`: posted once everything is known. */
  let mode: 'streaming' | 'posting' | 'at the end' = 'streaming'
  let message: Message | undefined
  /** Stands before the text of the next message: opens again what was cut in the one before. */
  let reopening = ''
  /** The message is to end before more is written. */
  let full = false
  let parts = 0
  const limits = createLimits(clock)
  let steps: Step[] = []
  /** The message before this one. */
  let ended: Message | undefined
  const endings = createMessageCloser(desk, () => createPostedMessage(desk, { part: parts++ }))
  let firstTextAt: number | undefined

  /** Where text is going to be written. */
  const place = (): WritePosition => ({ message: full ? undefined : message, reopening })

  async function start(text: string): Promise<boolean> {
    if (unsupported.has('steps')) steps = []
    if (text === '' && steps.length === 0) return false
    const sent = steps
    const started = await startStream(desk, parts, text, sent)
    if (started.outcome === 'started') {
      parts += 1
      message = started.message
      done(sent)
      return true
    }
    if (started.outcome === 'refused' && sent.length > 0 && areStepsRefused(started.code)) {
      unsupported.add('steps')
      return false
    }
    if (started.outcome === 'refused' && text !== '' && isTooLong(started.code)) {
      limits.halve()
      return false
    }
    if (started.outcome === 'refused' && isThreadGone(started.code)) {
      interrupt('gone')
      throw new Error(`there is no thread to write to: ${started.code}`)
    }
    if (started.outcome === 'refused' && isUnsupported(started.code)) unsupported.add('streams')
    fallBack(started.outcome === 'wait' ? 'at the end' : 'posting')
    return false
  }

  /** These are shown; others may have come meanwhile. */
  function done(sent: readonly Step[]): void {
    steps = steps.filter((step) => !sent.includes(step))
  }

  function fallBack(to: 'posting' | 'at the end'): void {
    mode = to
    session.setProcessing()
  }

  async function write(text: string, ending: Footer | undefined): Promise<number> {
    if ((text === '' && steps.length === 0) || (mode === 'at the end' && !ending)) return 0
    if (full) await endMessage()
    // No message begins with what was shown in the one before.
    if (ending && text === '' && !message && ended) return 0
    const cut = limits.cutFor(place(), text, steps)
    const taken = cut?.at ?? text.length
    const piece = (message?.content.text ? '' : reopening) + text.slice(0, taken) + (cut?.closing ?? '')
    if (piece !== '' || steps.length > 0) {
      if (!message && mode === 'streaming') {
        if (!(await start(piece))) return 0
      } else {
        message ??= createPostedMessage(desk, { part: parts++ })
        const final = cut ? {} : ending && { ending }
        if (!(await add(message, piece, final))) return 0
      }
    }
    if (piece.trim() !== '') firstTextAt ??= clock.now()
    full = cut !== undefined
    reopening = cut?.reopening ?? ''
    // More text may be long in coming.
    if (full && limits.isTooOld(message)) await endMessage()
    return taken
  }

  /** Whether it was added. Where not, the next send finds another message, or this one in another way. */
  async function add(to: Message, piece: string, final: { ending?: Footer } | undefined): Promise<boolean> {
    const sent = steps
    const added = await to.add(piece, sent, final)
    switch (added.outcome) {
      case 'taken':
        done(sent)
        return true
      case 'wait':
        if (clock.now() + added.waitMs < desk.until) throw new RateLimited(added.waitMs)
        if (mode !== 'streaming') throw new TimedOut('Slack asks to wait beyond the end of this invocation')
        // A post counts against another limit.
        fallBack('at the end')
        // What it may lack is made good when it is ended.
        endings.leave(to)
        leave(to)
        break
      case 'full':
        if (to.content.text === '') limits.halve()
        else endBefore(to)
        break
      case 'lost':
        // What was a stream goes on by updates; what cannot be updated, in another message.
        if (mode === 'streaming') {
          await beSureToHold()
          // Slack may have it open all the same, and then takes no update.
          await to.end(undefined, clock.now())
          fallBack('posting')
          goOnByUpdates(to)
        } else {
          leave(to)
          reopening += to.unsure()
        }
        break
      case 'stopped':
        interrupt('stopped')
        // Nobody is at work any more: there is but the last word.
        mode = 'at the end'
        goOnByUpdates(to)
    }
    return false
  }

  function goOnByUpdates(stream: Message): void {
    const { ts, content } = stream
    const from = ts === undefined ? undefined : { ts, content, unsure: stream.unsure() }
    message = createPostedMessage(desk, { part: parts - 1, from, held: mode === 'at the end' })
  }

  /** A stream that ended unasked may have been ended by whoever apologized: an update would take their words away. */
  async function beSureToHold(): Promise<void> {
    const until = Math.min(desk.until, clock.now() + HOLD_BUDGET_MS)
    if (await retryRead({ clock, until }, desk.holdsClaim).catch(() => true)) return
    interrupt('taken')
    throw new Error("the turn is somebody else's")
  }

  /** What follows goes into another message. */
  function endBefore({ content }: Message): void {
    full = true
    reopening = reopeningFor(content.state)
  }

  /** The same, of a message that takes no more. */
  function leave(left: Message): void {
    if (left.content.text !== '') endBefore(left)
    full = false
    message = undefined
  }

  async function endMessage(): Promise<void> {
    ended = message
    message = undefined
    full = false
    if (ended) await endings.end(ended)
  }

  return {
    async start() {
      if (unsupported.has('streams')) fallBack('posting')
      // What it throws, the next write throws as well.
      else await start('').catch(() => false)
    },
    addStep(step) {
      steps = [...steps.filter(({ id }) => id !== step.id), step]
    },
    completeSteps() {
      const shown = message?.content.steps ?? []
      const underWay = [...shown.filter(({ id }) => steps.every((step) => step.id !== id)), ...steps].filter(
        ({ status }) => status === 'in_progress',
      )
      steps = [
        ...steps.filter((step) => !underWay.includes(step)),
        ...underWay.map((step) => ({ ...step, status: 'complete' as const })),
      ]
      return message !== undefined && underWay.length > 0
    },
    sendableLength(text, final) {
      if (mode === 'at the end' && !final) return 0
      return final || limits.isTooOld(place().message) ? text.length : showable(stateAt(place()), text)
    },
    gapMs: () => (mode === 'posting' ? UPDATE_GAP_MS : APPEND_GAP_MS),
    sendNext: write,
    // Where nothing came after a message was ended, it is the last.
    close: (ending) => endings.endAll(message ?? ended, ending),
    firstTextAt: () => firstTextAt,
  }
}
