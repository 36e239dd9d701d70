import { within } from '../deadline.ts'
import { mentionedUserIds } from '../prompt/mrkdwn.ts'
import type { ThreadReader } from '../turn/gather.ts'
import type { Slack } from './api/client.ts'

/** Names make an answer nicer, not more correct: people need not wait longer for them. */
export const PEOPLE_BUDGET_MS = 1_500

/** users.info is Tier 4, 100 calls a minute for the whole workspace: one thread must not use them up. */
const LOOK_UP_LIMIT = 20

/** Cached without expiry: names seldom change, and a Lambda environment lives for hours at most. */
const known = new Map<string, string>()

/**
 * Reads the names of the people who wrote in the thread or are mentioned in it, latest first, as many as the
 * budget allows. Never throws. A person without a name here appears by their id.
 * https://docs.slack.dev/reference/methods/users.info
 */
export function createReadNames(slack: Slack): ThreadReader['readNames'] {
  const lookUp = async (userId: string): Promise<void> => {
    const { user } = await slack.read(PEOPLE_BUDGET_MS, (client) => client.users.info({ user: userId }))
    const name = user?.profile?.display_name || user?.profile?.real_name || user?.real_name || user?.name
    if (name) known.set(userId, name)
  }
  return async (thread) => {
    const userIds = new Set(
      thread
        .toReversed()
        .flatMap((message) => [
          ...(message.from === 'person' ? [message.userId] : []),
          ...mentionedUserIds(message.mrkdwn),
        ]),
    )
    const unknown = [...userIds].filter((userId) => !known.has(userId)).slice(0, LOOK_UP_LIMIT)
    await within(PEOPLE_BUDGET_MS, Promise.allSettled(unknown.map(lookUp))).catch(() => undefined)
    return known
  }
}
