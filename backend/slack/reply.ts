import type { Clock } from '../clock.ts'
import { BudgetSpent } from '../deadline.ts'
import { bytesOf, type Cut, cutLatest, cutAtParagraph, cutWithin, reopeningFor, showable } from '../markdown-cut.ts'
import { follow, NOTHING_OPEN } from '../markdown-lines.ts'
import { AskedToWait, createPacer } from '../pacer.ts'
import type { Ending } from './blocks.ts'
import { type Step, stepBytes } from './content.ts'
import type { Addressee, Desk, Message } from './message.ts'
import { createPosted } from './posted.ts'
import { isForGood, type Refusals } from './refusals.ts'
import { createSession } from './session.ts'
import { areStepsRefused, startStreamed } from './streamed.ts'
import type { Slack } from './web-api.ts'

/** chat.appendStream is Tier 4, 100 a minute for the whole workspace. */
export const APPEND_GAP_MS = 600

/** "only call chat.update once every 3 seconds with new content": https://docs.slack.dev/ai/developing-agents */
export const UPDATE_GAP_MS = 3_000

/** One message of a reply: a stream holds about 10,600 UTF-8 bytes (measured), a markdown block 12,000 characters. */
export const SEGMENT_LIMIT_BYTES = 9_000

/** A stream lives for about five minutes (measured), however often it is appended to. */
export const SEGMENT_LIMIT_MS = 240_000

/** From here on a message ends with the next paragraph. */
const FULL_ENOUGH = 0.75

/** Where Slack finds even less too long, something else is wrong. */
const LEAST_LIMIT_BYTES = 500

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

  /** `posting`: by updates. `at the end`: posted once everything is known. */
  let mode: 'streaming' | 'posting' | 'at the end' = 'streaming'
  let message: Message | undefined
  /** Stands before the text of the next message: opens again what was cut in the one before. */
  let reopening = ''
  /** The message is to end before more is written. */
  let full = false
  let parts = 0
  let limit = SEGMENT_LIMIT_BYTES
  let steps: Step[] = [{ ...options.firstStep, status: 'in_progress' }]
  /** The message before this one. */
  let ended: Message | undefined
  /** Messages that Slack did not let us end yet. */
  const unended: Message[] = []
  let ending: Ending | undefined
  let firstTextAt: number | undefined
  let abandoned = false

  const openNow = () => (message && !full ? message.content.open : follow(NOTHING_OPEN, reopening))

  const ageMs = () => (message?.since === undefined || full ? 0 : clock.now() - message.since)

  async function start(text: string): Promise<boolean> {
    if (refusals.has('steps')) steps = []
    if (text === '' && steps.length === 0) return false
    const sent = steps
    const started = await startStreamed(desk, parts, text, sent)
    if (started.is === 'started') {
      parts += 1
      message = started.message
      done(sent)
      return true
    }
    if (started.is === 'refused' && sent.length > 0 && areStepsRefused(started.code)) {
      refusals.note('steps')
      return false
    }
    if (started.is === 'refused' && isForGood(started.code)) refusals.note('streams')
    fallBack(started.is === 'wait' ? 'at the end' : 'posting')
    return false
  }

  /** These are shown; others may have come meanwhile. */
  function done(sent: readonly Step[]): void {
    steps = steps.filter((step) => !sent.includes(step))
  }

  function fallBack(to: 'posting' | 'at the end'): void {
    mode = to
    session.busy()
  }

  /** Where the message must end before all of `text` is in it. */
  function cutFor(text: string): Cut | undefined {
    const open = openNow()
    const used = (message?.content.bytes() ?? bytesOf(reopening)) + stepBytes(steps)
    if (used + bytesOf(text) > limit) return cutWithin(open, text, { used, limit, fresh: !message })
    if (ageMs() > SEGMENT_LIMIT_MS) return cutLatest(open, text)
    const fullEnough = used + bytesOf(text) > limit * FULL_ENOUGH || ageMs() > SEGMENT_LIMIT_MS * FULL_ENOUGH
    return fullEnough ? cutAtParagraph(open, text) : undefined
  }

  /** One write at most. Gives how much of `text` is sent with it. */
  async function send(text: string): Promise<number> {
    await begun
    if ((text === '' && steps.length === 0) || (mode === 'at the end' && !ending)) return 0
    if (full) await endMessage()
    const cut = cutFor(text)
    const taken = cut?.at ?? text.length
    const piece = (message ? '' : reopening) + text.slice(0, taken) + (cut?.closing ?? '')
    if (piece !== '' || steps.length > 0) {
      if (!message && mode === 'streaming') {
        if (!(await start(piece))) return 0
      } else {
        message ??= createPosted(desk, { part: parts++ })
        const final = cut ? {} : ending && { ending }
        if (!(await add(message, piece, final))) return 0
      }
    }
    if (piece.trim() !== '') firstTextAt ??= clock.now()
    const tooOld = ageMs() > SEGMENT_LIMIT_MS
    full = cut !== undefined
    reopening = cut?.reopening ?? ''
    // More text may be long in coming.
    if (full && tooOld) await endMessage()
    return taken
  }

  /** Whether it was added. Where not, the next send finds another message, or this one in another way. */
  async function add(to: Message, piece: string, final: { ending?: Ending } | undefined): Promise<boolean> {
    const sent = steps
    const added = await to.add(piece, sent, final)
    switch (added.is) {
      case 'taken':
        done(sent)
        return true
      case 'wait':
        if (clock.now() + added.waitMs < desk.until) throw new AskedToWait(added.waitMs)
        if (mode !== 'streaming') throw new BudgetSpent('Slack asks to wait beyond the end of this invocation')
        // A post counts against another limit.
        fallBack('at the end')
        unended.push(to)
        leave(to)
        break
      case 'full':
        if (to.content.text !== '') full = true
        else limit /= 2
        reopening = reopeningFor(to.content.open)
        if (limit < LEAST_LIMIT_BYTES) throw new Error('Slack takes no text, however short')
        break
      case 'lost':
        // What was a stream goes on by updates; what cannot be updated, in another message.
        if (mode === 'streaming') {
          // Slack may have it open all the same, and then takes no update.
          await to.end(undefined, clock.now())
          goOnByUpdates(to, 'posting')
        } else leave(to)
        break
      case 'stopped':
        stopped.abort()
        goOnByUpdates(to, 'at the end')
    }
    return false
  }

  function goOnByUpdates({ ts, content }: Message, when: 'posting' | 'at the end'): void {
    fallBack(when)
    if (ts !== undefined) message = createPosted(desk, { part: parts - 1, from: { ts, content }, held: when === 'at the end' })
  }

  function leave({ content }: Message): void {
    message = undefined
    reopening = reopeningFor(content.open)
  }

  /** What follows goes into another message. */
  async function endMessage(): Promise<void> {
    ended = message
    message = undefined
    full = false
    // One try: a later one may wait, the text may not.
    if (ended && !(await ended.end(undefined, clock.now())).done) unended.push(ended)
  }

  const pacer = createPacer({
    clock,
    gapMs: () => (mode === 'posting' ? UPDATE_GAP_MS : APPEND_GAP_MS),
    ready(gathered, final) {
      if (abandoned || (mode === 'at the end' && !final)) return 0
      return final || ageMs() > SEGMENT_LIMIT_MS ? gathered.length : showable(openNow(), gathered)
    },
    send,
  })

  const begun = (async () => {
    if (refusals.has('streams')) fallBack('posting')
    else await start('')
  })()

  return {
    stopped: stopped.signal,
    step(id, title, status = 'complete') {
      steps = [...steps.filter((step) => step.id !== id), { id, title, status }]
      if (status === 'in_progress') pacer.nudge()
    },
    write: (markdown) => pacer.push(markdown),
    async close(given) {
      ending = given
      await begun
      try {
        await pacer.flush()
        for (const one of unended) await one.end(undefined, desk.until)
        // Where nothing came after a message was ended, it is the last.
        const last = await (message ?? ended)?.end(given, desk.until)
        if (!last?.session) await session.active()
      } catch (error) {
        await session.active()
        throw error
      } finally {
        await Promise.all(noted)
      }
    },
    abandon: () => {
      abandoned = true
    },
    firstTextAt: () => firstTextAt,
  }
}
