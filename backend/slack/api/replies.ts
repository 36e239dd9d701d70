import type { Slack } from './client.ts'
import { fromMetadata, type TurnMark } from './metadata.ts'

/** A message of a thread, as far as we read it. */
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

/** The most that Slack gives in one page. */
const PAGE_LIMIT_MESSAGES = 1_000

/** More pages than this do not fit any budget. */
const PAGE_LIMIT = 5

/**
 * The messages of a thread, oldest first; of a long one the oldest, since Slack pages from there. `oldest` and `latest`
 * bound the replies; the root comes in any case. Throws what Slack says, or TimedOut.
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

/** As an item of a list, since what is no message of anybody's is left out. */
export function parseMessage(message: RawMessage, appId: string): SlackMessage[] {
  const userId = message.user ?? message.bot_id
  // In place of a deleted root that has replies stands a tombstone.
  if (message.ts === undefined || userId === undefined || message.subtype === 'tombstone') return []
  // The text of a message of ours that has blocks is cut for notifications; its blocks are whole.
  const inBlocks = (message.blocks ?? []).flatMap(({ type, text }) =>
    type === 'markdown' && typeof text === 'string' ? [text] : [],
  )
  const own = (message.app_id ?? message.bot_profile?.app_id) === appId
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
