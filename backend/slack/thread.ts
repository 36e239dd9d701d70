import { within } from '../deadline.ts'
import type { ThreadMessage } from '../history.ts'
import type { Slack } from './web-api.ts'

/** The thread is worth waiting for, but not for ever: without it the question is still answered. */
export const THREAD_BUDGET_MS = 3_000

/** The most that Slack gives in one page. */
const PAGE_LIMIT_MESSAGES = 1_000

/** More pages than this do not fit the budget. */
const PAGE_LIMIT = 5

export type ReadThread = (at: { channel: string; threadTs: string; ts: string }) => Promise<ThreadMessage[]>

/**
 * Reads the thread up to the question, oldest first. Slack pages from the oldest on, so the last pages count.
 * Throws what Slack says, or BudgetSpent.
 * https://docs.slack.dev/reference/methods/conversations.replies
 */
export function createReadThread(slack: Slack): ReadThread {
  return ({ channel, threadTs, ts }) =>
    within(
      THREAD_BUDGET_MS,
      (async () => {
        const { appId } = await slack.identity()
        const messages: ThreadMessage[] = []
        let cursor: string | undefined
        for (let page = 0; page < PAGE_LIMIT; page++) {
          const replies = await slack.read((client) =>
            client.conversations.replies({
              channel,
              ts: threadTs,
              latest: ts,
              inclusive: true,
              limit: PAGE_LIMIT_MESSAGES,
              ...(cursor && { cursor }),
            }),
          )
          messages.push(...(replies.messages ?? []).flatMap((message) => toThreadMessage(message, appId)))
          cursor = replies.response_metadata?.next_cursor
          if (!cursor) break
        }
        return messages
      })(),
    )
}

interface SlackMessage {
  ts?: string
  user?: string
  bot_id?: string
  app_id?: string
  bot_profile?: { app_id?: string }
  text?: string
  streaming_state?: string
}

function toThreadMessage(message: SlackMessage, appId: string): ThreadMessage[] {
  const userId = message.user ?? message.bot_id
  if (message.ts === undefined || userId === undefined) return []
  const own = (message.app_id ?? message.bot_profile?.app_id) === appId
  return [
    {
      ts: message.ts,
      from: own ? 'assistant' : message.bot_id === undefined ? 'person' : 'app',
      userId,
      mrkdwn: message.text ?? '',
      streaming: message.streaming_state === 'in_progress',
    },
  ]
}
