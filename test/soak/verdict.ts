import { identity } from '../../playground/slack/identity.ts'
import type { Slack } from '../../playground/slack/slack.ts'
import { answerOf } from './questions.ts'

/** `buttons`: not exactly one row of buttons. `stuck`: still shown as being written or worked on. */
export type Verdict =
  | 'whole answer'
  | 'one reason'
  | 'silent'
  | 'twice'
  | 'not whole'
  | 'two reasons'
  | 'stuck'
  | 'buttons'

/** Notes at the end of an answer about what could not be read or searched. */
const NOTES = /\n\n_I could not (?:read|search)[^_]*_/g
const REASON = /\(Reference: [0-9a-f]{8}\)/g

/** Judges the thread of question `n` as its asker sees it once everything has ended. */
export function judge(
  slack: Slack,
  channel: string,
  threadTs: string,
  n: number,
): { verdict: Verdict; text: string } {
  const replies = slack
    .thread(channel, threadTs)
    .filter(({ user, deleted, ephemeralTo }) => user === identity.botUserId && !deleted && !ephemeralTo)
  const text = replies.map(({ markdown, text }) => markdown ?? text).join('')
  const answer = answerOf(n)
  const said = text.replace(NOTES, '')
  const reasons = text.match(REASON)?.length ?? 0
  const buttons = replies.flatMap(({ blocks }) =>
    blocks.filter(({ type }) => type === 'context_actions' || type === 'actions'),
  ).length
  const verdict = (): Verdict => {
    if (replies.length === 0 || said.trim() === '') return 'silent'
    if (replies.some(({ streaming }) => streaming === 'in_progress')) return 'stuck'
    if (slack.session(channel, threadTs) === 'processing' || slack.status(channel, threadTs) !== '')
      return 'stuck'
    if (reasons > 1) return 'two reasons'
    if (said.split(answer).length > 2) return 'twice'
    if (buttons !== 1) return 'buttons'
    if (reasons === 1) return 'one reason'
    return said === answer ? 'whole answer' : 'not whole'
  }
  return { verdict: verdict(), text }
}
