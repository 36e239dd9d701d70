import type { Clock } from '../clock.ts'
import type { Slack } from './api/client.ts'
import { retryWrite } from './api/retry.ts'

/** A word that only one person sees is not worth more of an invocation. */
const EPHEMERAL_BUDGET_MS = 10_000

export type SendEphemeral = (
  whom: { channel: string; threadTs?: string; userId: string },
  markdown: string,
) => Promise<boolean>

/**
 * Shows a sentence to one person and nobody else. Gone when they reload; false where it could not be shown. Seen twice
 * where the answer to the first was lost. https://docs.slack.dev/reference/methods/chat.postEphemeral
 */
export function createSendEphemeral(slack: Slack, clock: Clock): SendEphemeral {
  return async ({ channel, threadTs, userId }, markdown) => {
    const attempt = await retryWrite({ clock, until: clock.now() + EPHEMERAL_BUDGET_MS }, () =>
      slack.mutate((client) =>
        client.chat.postEphemeral({
          channel,
          user: userId,
          markdown_text: markdown,
          ...(threadTs !== undefined && { thread_ts: threadTs }),
        }),
      ),
    )
    return attempt.outcome === 'done'
  }
}
