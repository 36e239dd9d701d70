import type { Clock } from '../clock.ts'
import { within } from '../deadline.ts'
import { escapeMrkdwn, toPlain } from '../prompt/mrkdwn.ts'
import type { OpenThread } from '../turn/replies.ts'
import type { Slack } from './api/client.ts'
import { toMetadata } from './api/metadata.ts'
import { retryRead } from './api/own-messages.ts'
import { parseMessage } from './api/replies.ts'
import { createOnce, retryWrite } from './api/retry.ts'
import { unwrap } from './api/write-result.ts'

/** For the two calls that open the thread. Everything else in the turn waits for them. */
export const ROOT_BUDGET_MS = 30_000

/** For these calls in an apology, whose function has 30 s for all of its work. */
export const APOLOGY_ROOT_BUDGET_MS = 4_000

/** Timeout of one search for a root, and how many of the newest messages it covers. */
export const ROOT_READ_TIMEOUT_MS = 4_000
const ROOT_READ_LIMIT_MESSAGES = 20

/** Tries of a post while Slack does not say whether it has posted the root. */
const ROOT_POSTS = 3

const ROOT_PREFIX = 'You asked: '

/**
 * Opens the thread that answers a command: posts a message with the question into the asker's direct
 * messages. `again` says that it may exist already, so we look for it first. Throws if Slack does not say
 * what it has done. https://docs.slack.dev/reference/methods/conversations.open
 */
export function createOpenThread(slack: Slack, clock: Clock): OpenThread {
  return (command, again) => {
    const budgetMs = again ? APOLOGY_ROOT_BUDGET_MS : ROOT_BUDGET_MS
    return within(budgetMs, open(command, again, clock.now() + budgetMs))
  }

  async function open(
    { id, userId, text }: Parameters<OpenThread>[0],
    again: 'again' | undefined,
    until: number,
  ): ReturnType<OpenThread> {
    const opened = await retryWrite({ clock, until }, () =>
      slack.mutate((client) => client.conversations.open({ users: userId })),
    )
    if (opened.outcome === 'refused') return undefined
    const channel = unwrap(opened).channel?.id
    if (channel === undefined) throw new Error('conversations.open gave no channel')

    const findRoot = () => retryRead({ clock, until }, () => readRoot(channel, id))
    const earlier = again && (await findRoot())
    if (earlier !== undefined) return { channel, ts: earlier }

    // Slack does not say whether it escapes a command's text; this gives the same for both.
    const root = `${ROOT_PREFIX}${escapeMrkdwn(toPlain(text, new Map()))}`
    const metadata = toMetadata({ turnId: id, attempt: 0, part: 0, state: 'root', userId })
    const post = () =>
      retryWrite({ clock, until, tries: 1 }, () =>
        slack.createMessage((client) =>
          client.chat.postMessage({
            channel,
            text: root,
            metadata,
            unfurl_links: false,
            unfurl_media: false,
          }),
        ),
      )
    const posted = await createOnce({ clock, until, tries: ROOT_POSTS }, post, findRoot)
    return posted.outcome === 'refused' ? undefined : { channel, ts: unwrap(posted) }
  }

  async function readRoot(channel: string, turnId: string): Promise<string | undefined> {
    const { appId } = await slack.identity()
    const { messages = [] } = await slack.read(ROOT_READ_TIMEOUT_MS, (client) =>
      client.conversations.history({
        channel,
        include_all_metadata: true,
        limit: ROOT_READ_LIMIT_MESSAGES,
      }),
    )
    return messages
      .flatMap((message) => parseMessage(message, appId))
      .find(({ mark }) => mark?.state === 'root' && mark.turnId === turnId)?.ts
  }
}

/** The question in the text of a command's root. */
export function questionIn(root: string): string {
  return root.startsWith(ROOT_PREFIX) ? root.slice(ROOT_PREFIX.length) : root
}
