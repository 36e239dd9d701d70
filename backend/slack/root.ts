import type { Clock } from '../clock.ts'
import { toPlain } from '../mrkdwn.ts'
import { escapeMrkdwn } from './blocks.ts'
import { toMetadata } from './metadata.ts'
import { patiently } from './patience.ts'
import { read } from './replies.ts'
import { type Attempt, doneOf, type Slack } from './web-api.ts'

/** Two calls, which nothing else of the turn can go before. */
const ROOT_BUDGET_MS = 30_000

/** Of the look for a root whose answer was lost. */
const LOOK_BUDGET_MS = 5_000
const LOOK_LIMIT_MESSAGES = 20

const PREFIX = 'You asked: '

export type OpenThread = (command: { id: string; userId: string; text: string }) => Promise<{ channel: string; ts: string }>

/**
 * Opens the thread that a command is answered in: a message in the asker's direct messages that repeats the question.
 * Throws what Slack says. https://docs.slack.dev/reference/methods/conversations.open
 */
export function createOpenThread(slack: Slack, clock: Clock): OpenThread {
  return async ({ id, userId, text }) => {
    const until = clock.now() + ROOT_BUDGET_MS
    const opened = doneOf(await patiently({ clock, until }, () => slack.write((client) => client.conversations.open({ users: userId }))))
    const channel = opened.channel?.id
    if (channel === undefined) throw new Error('conversations.open gave no channel')

    // Slack does not say whether a command's text comes escaped: both read the same after this.
    const root = `${PREFIX}${escapeMrkdwn(toPlain(text, new Map()))}`
    const metadata = toMetadata({ turnId: id, attempt: 0, part: 0, state: 'root', userId })
    const attempt = await patiently({ clock, until }, async (): Promise<Attempt<{ ts?: string }>> => {
      const posted = await slack.write((client) =>
        client.chat.postMessage({ channel, text: root, metadata, unfurl_links: false, unfurl_media: false }),
      )
      if (posted.is !== 'unknown') return posted
      const found = await findRoot(channel, id).catch(() => undefined)
      return found === undefined ? posted : { is: 'done', value: { ts: found } }
    })
    const { ts } = doneOf(attempt)
    if (ts === undefined) throw new Error('chat.postMessage gave no ts')
    return { channel, ts }
  }

  async function findRoot(channel: string, turnId: string): Promise<string | undefined> {
    const { appId } = await slack.identity()
    const { messages = [] } = await slack.read(LOOK_BUDGET_MS, (client) =>
      client.conversations.history({ channel, include_all_metadata: true, limit: LOOK_LIMIT_MESSAGES }),
    )
    return messages.flatMap((message) => read(message, appId)).find(({ mark }) => mark?.state === 'root' && mark.turnId === turnId)?.ts
  }
}

/** The question in the text of such a message. */
export function askedIn(root: string): string {
  return root.startsWith(PREFIX) ? root.slice(PREFIX.length) : root
}
