import { toPlain } from './mrkdwn.ts'

/** One message of the thread, as Slack keeps it. */
export interface ThreadMessage {
  /** Slack's message id: a string that sorts, never a number. */
  ts: string
  from: 'assistant' | 'person' | 'app'
  /** The author: a user's id, or a bot's where there is no user. */
  userId: string
  /** Slack's own markup; toPlain makes words of it. */
  mrkdwn: string
  /** A reply of ours that is still being written. */
  streaming: boolean
}

/** A message as the model is shown it. */
export interface HistoryMessage {
  role: 'user' | 'assistant'
  text: string
}

/** About 6,000 tokens: a long thread, without crowding out the passages. */
export const HISTORY_LIMIT_CHARS = 24_000

/**
 * The thread before the question, as Converse takes it: roles alternate and a person comes first. Where it
 * does not fit, the oldest is left out. What came after the question, and a reply that is still being
 * written, stay out. `names` maps user ids to names.
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
