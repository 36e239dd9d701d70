import type { Clock } from '../../clock.ts'
import { TimedOut } from '../../deadline.ts'
import { retry } from '../../retry.ts'
import type { Ending } from './blocks.ts'
import type { Added, Message } from './message.ts'

/** How the messages of one reply are ended. */
export interface Endings {
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
  endAll(last: Message | undefined, ending: Ending): Promise<boolean>
}

/** `until` is in milliseconds of the Unix epoch. `createMessage` makes another message of the reply, that is posted. */
export function createEndings(
  { clock, until }: { clock: Clock; until: number },
  createMessage: () => Message,
): Endings {
  /** Messages that Slack did not let us end yet. */
  const unended: Message[] = []

  async function endFor(one: Message, ending: Ending | undefined): Promise<boolean> {
    const { is, session } = await one.end(ending, until)
    if (is === 'open') throw new TimedOut('Slack does not let the reply be ended')
    const missing = one.unsure()
    if (missing === '') return session
    if (is === 'no') throw new TimedOut('Slack does not say whether all of the reply is there')
    await post(missing, ending)
    return false
  }

  /** What an ended message lacks, in one of its own. */
  async function post(text: string, ending: Ending | undefined): Promise<void> {
    const message = createMessage()
    const added = await retry(
      { clock, until, afterValue: (one: Added) => (one.is === 'wait' ? one : 'stop') },
      () => message.add(text, [], ending ? { ending } : {}),
    )
    if (added.is !== 'taken') throw new TimedOut('the end of the reply could not be posted')
  }

  return {
    async end(message) {
      const { is } = await message.end(undefined, clock.now())
      if (is === 'no' || is === 'open') unended.push(message)
      else if (message.unsure() !== '') await post(message.unsure(), undefined)
    },
    leave: (message) => void unended.push(message),
    async endAll(last, ending) {
      for (const one of unended) await endFor(one, undefined)
      return last ? endFor(last, ending) : false
    },
  }
}
