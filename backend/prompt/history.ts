import { toPlain } from './mrkdwn.ts'

/** One message of a Slack thread. */
export interface ThreadMessage {
  /** Slack's message id. It sorts as a string; as a number it loses digits. */
  ts: string
  from: 'assistant' | 'person' | 'app'
  /** The author: a user's id, or a bot's id if no user wrote it. */
  userId: string
  /** In Slack's markup; toPlain turns it into words. */
  mrkdwn: string
  /** True for a reply of ours that is still being written. */
  streaming: boolean
}

/** A message in the form that the model gets. */
export interface HistoryMessage {
  role: 'user' | 'assistant'
  text: string
}

/** About 6,000 tokens: room for a long thread that leaves enough room for the passages. */
export const HISTORY_LIMIT_CHARS = 24_000

/**
 * The thread before the question in the form that Converse requires: roles alternate and a person comes
 * first. Leaves out the oldest messages if the thread is too long, every message after the question, and
 * replies that are still being written. `names` maps user ids to names.
 */
export function toHistory(
  thread: readonly ThreadMessage[],
  question: { ts: string; botUserId?: string | undefined },
  names: ReadonlyMap<string, string>,
): HistoryMessage[] {
  const said: HistoryMessage[] = []
  let left = HISTORY_LIMIT_CHARS
  for (const message of thread.filter(({ ts, streaming }) => ts < question.ts && !streaming).toReversed()) {
    const text = toPlain(message.mrkdwn, names, question.botUserId)
    if (text === '') continue
    left -= text.length
    if (left < 0) break
    said.unshift(
      message.from === 'assistant'
        ? { role: 'assistant', text }
        : { role: 'user', text: `${names.get(message.userId) ?? message.userId}: ${text}` },
    )
  }
  const first = said.findIndex(({ role }) => role === 'user')
  return first < 0 ? [] : alternating(said.slice(first))
}

function alternating(said: readonly HistoryMessage[]): HistoryMessage[] {
  const history: HistoryMessage[] = []
  for (const { role, text } of said) {
    const last = history.at(-1)
    if (last?.role === role) last.text += `\n\n${text}`
    else history.push({ role, text })
  }
  return history
}
