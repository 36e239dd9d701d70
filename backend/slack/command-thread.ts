import type { Clock } from '../clock.ts'
import { escapeMrkdwn, toPlain } from '../prompt/mrkdwn.ts'
import { unwrap, type Slack } from './api/client.ts'
import { toMetadata } from './api/metadata.ts'
import { retryRead } from './api/own-messages.ts'
import { parseMessage } from './api/replies.ts'
import { createOnce, retryWrite } from './api/retry.ts'

/** Two calls, which nothing else of the turn can go before; less in an apology, whose function has 30 s for all of it. */
const ROOT_BUDGET_MS = 30_000
const ROOT_AGAIN_BUDGET_MS = 10_000

/** Timeout of one search for a root, and how many of the newest messages it covers. */
const ROOT_READ_TIMEOUT_MS = 5_000
const ROOT_READ_LIMIT_MESSAGES = 20

/** How often a root is posted while Slack does not say whether it did. */
const ROOT_POSTS = 3

const ROOT_PREFIX = 'You asked: '

/** Undefined where Slack refuses: the person cannot be written to. */
export type OpenThread = (
  command: { id: string; userId: string; text: string },
  again?: 'again',
) => Promise<{ channel: string; ts: string } | undefined>

/**
 * Opens the thread that a command is answered in: a message in the asker's direct messages that repeats the question.
 * With `again` it may be there already, and is looked for first. Throws where Slack does not say what it has done.
 * https://docs.slack.dev/reference/methods/conversations.open
 */
export function createOpenThread(slack: Slack, clock: Clock): OpenThread {
  return async ({ id, userId, text }, again) => {
    const until = clock.now() + (again ? ROOT_AGAIN_BUDGET_MS : ROOT_BUDGET_MS)
    const opened = await retryWrite({ clock, until }, () =>
      slack.mutate((client) => client.conversations.open({ users: userId })),
    )
    if (opened.outcome === 'refused') return undefined
    const channel = unwrap(opened).channel?.id
    if (channel === undefined) throw new Error('conversations.open gave no channel')

    // Slack does not say whether a command's text comes escaped: both read the same after this.
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
    const find = () => retryRead({ clock, until }, () => findRoot(channel, id))
    const earlier = again && (await find())
    if (earlier !== undefined) return { channel, ts: earlier }
    const posted = await createOnce({ clock, until, tries: ROOT_POSTS }, post, find)
    return posted.outcome === 'refused' ? undefined : { channel, ts: unwrap(posted) }
  }

  async function findRoot(channel: string, turnId: string): Promise<string | undefined> {
    const { appId } = await slack.identity()
    const { messages = [] } = await slack.read(ROOT_READ_TIMEOUT_MS, (client) =>
      client.conversations.history({ channel, include_all_metadata: true, limit: ROOT_READ_LIMIT_MESSAGES }),
    )
    return messages
      .flatMap((message) => parseMessage(message, appId))
      .find(({ mark }) => mark?.state === 'root' && mark.turnId === turnId)?.ts
  }
}

/** The question in the text of such a message. */
export function questionIn(root: string): string {
  return root.startsWith(ROOT_PREFIX) ? root.slice(ROOT_PREFIX.length) : root
}
