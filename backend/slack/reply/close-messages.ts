import type { Clock } from '../../clock.ts'
import { TimedOut } from '../../deadline.ts'
import { retry } from '../../retry.ts'
import type { Footer } from '../../turn/replies.ts'
import type { AddResult, Message } from './message.ts'

/** How the messages of one reply are ended. */
export interface MessageCloser {
  /**
   * One that is not the last: one try, and what that does not do is done at the end. A later try may wait, the text may
   * not. Throws where what it lacks cannot be posted.
   */
  end(message: Message): Promise<void>
  /** One that can only be ended at the end. */
  leave(message: Message): void
  /**
   * At the end: those that are left, and the last with what stands under the reply. Says whether that left the session
   * active. Throws where nobody knows whether all of the reply is there, or where people see it being written for ever.
   */
  endAll(last: Message | undefined, ending: Footer): Promise<boolean>
}

/** `until` is in milliseconds of the Unix epoch. `createMessage` makes another message of the reply, that is posted. */
export function createMessageCloser(
  { clock, until }: { clock: Clock; until: number },
  createMessage: () => Message,
): MessageCloser {
  /** Messages that Slack did not let us end yet. */
  const unended: Message[] = []

  async function endFor(one: Message, ending: Footer | undefined): Promise<boolean> {
    const { outcome, session } = await one.end(ending, until)
    if (outcome === 'open') throw new TimedOut('Slack does not let the reply be ended')
    const missing = one.unsure()
    if (missing === '') return session
    if (outcome === 'no') throw new TimedOut('Slack does not say whether all of the reply is there')
    await post(missing, ending)
    return false
  }

  /** What an ended message lacks, in one of its own. */
  async function post(text: string, ending: Footer | undefined): Promise<void> {
    const message = createMessage()
    const added = await retry(
      { clock, until, afterValue: (one: AddResult) => (one.outcome === 'wait' ? one : 'stop') },
      () => message.add(text, [], ending ? { ending } : {}),
    )
    if (added.outcome !== 'taken') throw new TimedOut('the end of the reply could not be posted')
  }

  return {
    async end(message) {
      const { outcome } = await message.end(undefined, clock.now())
      if (outcome === 'no' || outcome === 'open') unended.push(message)
      else if (message.unsure() !== '') await post(message.unsure(), undefined)
    },
    leave: (message) => void unended.push(message),
    async endAll(last, ending) {
      for (const one of unended) await endFor(one, undefined)
      return last ? endFor(last, ending) : false
    },
  }
}
