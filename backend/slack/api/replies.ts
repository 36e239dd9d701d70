import type { Slack } from './client.ts'
import { fromMetadata, type TurnMark } from './metadata.ts'

/** A message of a thread, with what we use of it. */
export interface SlackMessage {
  ts: string
  userId: string
  /** Written by this app. */
  own: boolean
  byApp: boolean
  text: string
  streaming: boolean
  mark: TurnMark | undefined
}

/** Slack's maximum for one page. */
const PAGE_LIMIT_MESSAGES = 1_000

/** More pages do not fit into any budget. */
const PAGE_LIMIT = 5

/**
 * Reads the messages of a thread, oldest first. Slack pages from the oldest, so a very long thread lacks its
 * end. `oldest` and `latest` limit the replies; the root always comes. Throws TimedOut or Slack's error.
 * https://docs.slack.dev/reference/methods/conversations.replies
 */
export async function readReplies(
  slack: Slack,
  { channel, threadTs, ...range }: { channel: string; threadTs: string; oldest?: string; latest?: string },
  budgetMs: number,
): Promise<SlackMessage[]> {
  const { appId } = await slack.identity()
  return slack.read(budgetMs, async (client) => {
    const messages: SlackMessage[] = []
    let cursor: string | undefined
    for (let page = 0; page < PAGE_LIMIT; page++) {
      const replies = await client.conversations.replies({
        channel,
        ts: threadTs,
        ...range,
        inclusive: true,
        include_all_metadata: true,
        limit: PAGE_LIMIT_MESSAGES,
        ...(cursor && { cursor }),
      })
      messages.push(...(replies.messages ?? []).flatMap((message) => parseMessage(message, appId)))
      cursor = replies.response_metadata?.next_cursor
      if (!cursor) break
    }
    return messages
  })
}

interface RawMessage {
  subtype?: string
  ts?: string
  user?: string
  bot_id?: string
  app_id?: string
  bot_profile?: { app_id?: string }
  text?: string
  streaming_state?: string
  metadata?: { event_type?: string; event_payload?: unknown }
  blocks?: { type?: string; text?: unknown }[]
}

/** Returns [] for entries that are not messages, for use with flatMap. */
export function parseMessage(message: RawMessage, appId: string): SlackMessage[] {
  const userId = message.user ?? message.bot_id
  // Slack leaves a tombstone in place of a deleted root that has replies.
  if (message.ts === undefined || userId === undefined || message.subtype === 'tombstone') return []
  // We shorten the text of our messages for notifications; their blocks hold all of it.
  const inBlocks = (message.blocks ?? []).flatMap(({ type, text }) =>
    type === 'markdown' && typeof text === 'string' ? [text] : [],
  )
  const own = (message.app_id ?? message.bot_profile?.app_id) === appId
  // Another app can copy our metadata into its own message.
  const mark = own ? fromMetadata(message.metadata) : undefined
  return [
    {
      ts: message.ts,
      userId,
      own,
      byApp: message.bot_id !== undefined,
      text: own && inBlocks.length > 0 ? inBlocks.join('\n\n') : (message.text ?? ''),
      streaming: message.streaming_state === 'in_progress' || mark?.state === 'open',
      mark,
    },
  ]
}
