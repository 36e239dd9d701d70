import { endOf } from '../shorten.ts'
import type { ThreadMessage } from './history.ts'
import { toPlain } from './mrkdwn.ts'

/** Longer queries find worse passages. Retrieve accepts 20,000 characters. */
export const QUERY_LIMIT_CHARS = 1_000

const NO_NAMES = new Map<string, string>()

/**
 * The query for a question. A later question in a thread, such as "and on a Mac?", often makes no sense
 * alone, so the asker's previous message in the thread goes before it.
 */
export function toQuery(
  question: { ts: string; userId: string; botUserId?: string | undefined; text: string },
  thread: readonly ThreadMessage[],
): string {
  const previous = thread
    .filter((message) => message.ts < question.ts && message.userId === question.userId)
    .at(-1)
  const words = [previous?.mrkdwn ?? '', question.text]
    .map((mrkdwn) => toPlain(mrkdwn, NO_NAMES, question.botUserId).replace(/\s+/g, ' '))
    .filter((text) => text !== '')
    .join(' ')
  return endOf(words, QUERY_LIMIT_CHARS)
}
