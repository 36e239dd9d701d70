import type { ThreadMessage } from './history.ts'
import { toPlain } from './mrkdwn.ts'

/** Long questions search worse, not better; Retrieve itself takes 20,000. */
export const QUERY_LIMIT_CHARS = 1_000

const NO_NAMES = new Map<string, string>()

/**
 * What to search for. A question that opens a thread stands alone. A later one ("and on a Mac?") often does
 * not, so what the same person last wrote in the thread goes before it.
 */
export function toQuery(
  question: { ts: string; userId: string; botUserId?: string | undefined; text: string },
  thread: readonly ThreadMessage[],
): string {
  const previous = thread
    .filter((message) => message.ts < question.ts && message.userId === question.userId)
    .at(-1)
  return [previous?.mrkdwn ?? '', question.text]
    .map((mrkdwn) => toPlain(mrkdwn, NO_NAMES, question.botUserId).replace(/\s+/g, ' '))
    .filter((text) => text !== '')
    .join(' ')
    .slice(-QUERY_LIMIT_CHARS)
}
