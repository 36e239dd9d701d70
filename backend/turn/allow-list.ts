import { addressesIn, hrefOf } from '../markdown/address.ts'
import type { AllowList } from '../markdown/safe.ts'
import type { ThreadMessage } from '../prompt/history.ts'
import { mentionedUserIds } from '../prompt/mrkdwn.ts'
import type { Passage } from '../prompt/passage.ts'

/** The links and people that an answer may contain: only those of the turn and of our configuration. */
export function allowListOf(
  turn: { text: string; userId: string },
  thread: readonly ThreadMessage[],
  passages: readonly Passage[],
  configured: readonly string[],
): AllowList {
  const words = [turn.text, ...thread.map(({ mrkdwn }) => mrkdwn)]
  const texts = [...words, ...passages.flatMap(({ text, url }) => [text, url ?? '']), ...configured]
  const pages = passages.flatMap(({ url }) => (url === undefined ? [] : (hrefOf(url) ?? [])))
  return {
    urls: new Set([...texts.flatMap(addressesIn), ...pages]),
    userIds: new Set([
      turn.userId,
      ...thread.map(({ userId }) => userId),
      ...words.flatMap(mentionedUserIds),
    ]),
  }
}
