import type { Interruption } from '../interruption.ts'
import type { NumberedPassage } from '../prompt/passage.ts'
import type { Claim } from '../turn-record.ts'
import type { Question } from './question.ts'

/** Our ways to write in Slack. */
export interface Replies {
  /** Opens the reply to a question, without waiting until it is open. */
  open(question: Question, claim: Claim, opening: ReplyOpening): Reply
  openThread: OpenThread
  sendEphemeral: SendEphemeral
}

/**
 * Opens the thread that a command is answered in: a message in the asker's direct messages that repeats the
 * question. With `again` an earlier call may have posted that message, so it is searched first. Undefined if
 * Slack does not let us write to the person. Throws if Slack does not say what it has done.
 */
export type OpenThread = (
  command: { id: string; userId: string; text: string },
  again?: 'again',
) => Promise<{ channel: string; ts: string } | undefined>

/**
 * Shows a sentence to one person and nobody else; it is gone when they reload. False if it could not be
 * shown.
 */
export type SendEphemeral = (
  to: { channel: string; threadTs?: string; userId: string },
  markdown: string,
) => Promise<boolean>

export interface ReplyOpening {
  /** The first thing that the person sees. */
  firstStep: { id: string; title: string }
  /** When the invocation ends, in milliseconds of the Unix epoch. */
  endsAt: number
  /**
   * Called when Slack says that Stop was pressed or the thread is gone, or the table that the turn is taken
   * over.
   */
  interrupt(reason: ReplyInterruption): void
}

/** Interruptions that a write can discover. */
export type ReplyInterruption = Extract<Interruption, 'stopped' | 'gone' | 'taken'>

/** Our reply in the thread. */
export interface Reply {
  /**
   * A stage of the work. One that is complete is shown with the next text, one in progress is shown at once.
   */
  step(id: string, title: string, status?: 'in_progress' | 'complete'): void
  say(markdown: string): void
  /**
   * Sends what is left, ends the message and leaves the session active. If Slack says that the thread is
   * gone, or if another process has taken the turn over, the message cannot be ended: call `abandon`. Throws
   * if nobody would see the answer.
   */
  close(footer: Footer): Promise<'closed' | 'gone' | 'taken'>
  /** Writes nothing more. Resolves when no call is under way and the session is active. Never rejects. */
  abandon(): Promise<void>
  /** When the first text was there to be read, in milliseconds of the Unix epoch. */
  firstTextAt(): number | undefined
  /** Each write that Slack refused: the method and Slack's code, such as `chat.update: invalid_blocks`. */
  refused(): readonly string[]
}

/** The blocks below a reply: its sources, and buttons. */
export interface Footer {
  sources: readonly NumberedPassage[]
  offer: 'thumbs' | 'retry' | 'nothing'
}
