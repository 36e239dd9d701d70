import { BARRED } from '../../sentences.ts'
import { createSendEphemeral } from '../ephemeral.ts'
import type { ReplyContext } from './reply-context.ts'

/**
 * Tells the person who asked that we may not write in the thread: there for their eyes only if Slack lets us,
 * else in a direct message. Says nothing if the thread is gone: whoever deleted it knows. Never rejects.
 */
export async function tellAsker({ slack, clock, to, refusals }: ReplyContext): Promise<void> {
  if (!refusals.isBarred) return
  const { channel, threadTs, userId } = to
  if (await createSendEphemeral(slack, clock)({ channel, threadTs, userId }, BARRED)) return
  // Slack takes a person's id for the direct messages with them.
  await slack.mutate((client) => client.chat.postMessage({ channel: userId, text: BARRED }))
}
