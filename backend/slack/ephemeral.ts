import type { Clock } from '../clock.ts'
import { within } from '../deadline.ts'
import type { SendEphemeral } from '../turn/replies.ts'
import type { Slack } from './api/client.ts'
import { retryWrite } from './api/retry.ts'

/** A sentence that only one person sees is not worth more of an invocation. */
export const EPHEMERAL_BUDGET_MS = 10_000

/**
 * Shows a sentence to one person only, until they reload Slack. Resolves to false if it could not be shown.
 * The person sees it twice if Slack's first response is lost.
 * https://docs.slack.dev/reference/methods/chat.postEphemeral
 */
export function createSendEphemeral(slack: Slack, clock: Clock): SendEphemeral {
  return async ({ channel, threadTs, userId }, markdown) => {
    const sending = retryWrite({ clock, until: clock.now() + EPHEMERAL_BUDGET_MS }, () =>
      slack.mutate((client) =>
        client.chat.postEphemeral({
          channel,
          user: userId,
          markdown_text: markdown,
          ...(threadTs !== undefined && { thread_ts: threadTs }),
        }),
      ),
    )
    const sent = await within(EPHEMERAL_BUDGET_MS, sending).catch(() => undefined)
    return sent?.outcome === 'done'
  }
}
