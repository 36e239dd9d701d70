import type { Clock } from '../clock.ts'
import type { Slack } from './api/client.ts'
import { retryWrite } from './api/retry.ts'

/** A word that only one person sees is not worth more of an invocation. */
const TELL_BUDGET_MS = 10_000

export type Tell = (
  whom: { channel: string; threadTs?: string; userId: string },
  markdown: string,
) => Promise<boolean>

/**
 * Shows a sentence to one person and nobody else. Gone when they reload; false where it could not be shown. Seen twice
 * where the answer to the first was lost. https://docs.slack.dev/reference/methods/chat.postEphemeral
 */
export function createTell(slack: Slack, clock: Clock): Tell {
  return async ({ channel, threadTs, userId }, markdown) => {
    const attempt = await retryWrite({ clock, until: clock.now() + TELL_BUDGET_MS }, () =>
      slack.write((client) =>
        client.chat.postEphemeral({
          channel,
          user: userId,
          markdown_text: markdown,
          ...(threadTs !== undefined && { thread_ts: threadTs }),
        }),
      ),
    )
    return attempt.is === 'done'
  }
}
