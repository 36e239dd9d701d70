import { identity } from './slack/identity.ts'
import type { ThreadMessage } from './slack/thread-view.ts'
import type { Stack } from './stack.ts'
import { type Step, timelineOf } from './timeline.ts'

/** The result of one question, as `npm run ask -- --json` prints it. */
export interface AskResult {
  outcome: 'answered' | 'not-found' | 'failed'
  /** The Markdown that people see. */
  text: string
  citations: { n: number; title: string; url: string }[]
  timeline: Step[]
  calls: { to: string; method: string; ms: number; status: number }[]
  /** Finds the turn's log line. Empty if no turn began. */
  reference: string
}

/** The person who asks, and the channel. */
const ASKER = 'U00ADA'
const CHANNEL = 'C00GENERAL'

/**
 * Mentions Vera in a channel and waits until the turn is over. `onText` gets each piece of text that the
 * reply grows by, `onStep` each completed step. Ask one question at a time: concurrent ones would be mixed.
 */
export async function ask(
  stack: Stack,
  question: string,
  onText: (added: string) => void = () => undefined,
  onStep: (title: string) => void = () => undefined,
): Promise<AskResult> {
  const { slack, calls, lambda } = stack
  const callsBefore = calls.all.length
  const deliveriesBefore = slack.deliveries.length
  const invocationsBefore = lambda.invocations.length
  const shown = new Map<string, string>()
  const steps = new Set<string>()

  const unwatch = slack.watch((message) => {
    if (message.user !== identity.botUserId) return
    for (const { title, status } of message.tasks) {
      if (status === 'complete' && !steps.has(title)) onStep(title)
      if (status === 'complete') steps.add(title)
    }
    const text = textOf(message)
    const before = shown.get(message.ts) ?? ''
    shown.set(message.ts, text)
    if (text.startsWith(before) && text !== before) onText(text.slice(before.length))
  })
  const postedAt = Date.now()
  const { ts } = slack.post({ channel: CHANNEL, user: ASKER, text: `<@${identity.botUserId}> ${question}` })
  await stack.settled()
  unwatch()

  const replies = slack
    .thread(CHANNEL, ts)
    .filter(
      ({ user, deleted, ephemeralTo }) =>
        user === identity.botUserId && !deleted && ephemeralTo === undefined,
    )
  const asked = calls.all.slice(callsBefore)
  const turn = lambda.invocations
    .slice(invocationsBefore)
    .flatMap(({ logs }) => logs.flatMap(turnLine))
    .find(({ outcome }) => outcome !== 'duplicate')
  return {
    outcome:
      turn?.outcome === 'answered' || turn?.outcome === 'guardrail'
        ? 'answered'
        : turn?.outcome === 'not_found'
          ? 'not-found'
          : 'failed',
    text: whole(replies.map(textOf)),
    citations: replies.flatMap(citationsOf),
    timeline: timelineOf(asked, slack.deliveries.slice(deliveriesBefore), postedAt),
    calls: asked.map(({ to, method, ms, status }) => ({ to, method, ms, status })),
    reference: turn?.reference ?? '',
  }
}

/**
 * Joins the messages of one reply. Text that was cut goes on directly; anything else becomes a paragraph of
 * its own.
 */
function whole(texts: readonly string[]): string {
  return texts
    .reduce((said, text) => (said === '' || /\s$/.test(said) ? said + text : `${said}\n\n${text}`), '')
    .trim()
}

function textOf(message: ThreadMessage): string {
  return message.markdown ?? message.text
}

/** The sources that the reply lists under its text. */
function citationsOf({ blocks }: ThreadMessage): AskResult['citations'] {
  return blocks.flatMap((block) => {
    const text = block.type === 'section' ? (block.text as { text?: string } | undefined)?.text : undefined
    if (!text?.startsWith('*Sources*')) return []
    return [...text.matchAll(/^(\d+(?:, \d+)*)\. (?:<([^|>]+)\|([^>]*)>|([^·\n]*))/gm)].flatMap(
      ([, numbers = '', url = '', linked, plain = '']) =>
        numbers.split(', ').map((n) => ({
          n: Number(n),
          title: unescapeMrkdwn(linked ?? plain.trim()),
          url: unescapeMrkdwn(url),
        })),
    )
  })
}

function unescapeMrkdwn(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
}

/** The line that the backend logs once per turn. */
function turnLine(line: string): { outcome: string; reference: string }[] {
  try {
    const parsed: unknown = JSON.parse(line)
    if (typeof parsed !== 'object' || parsed === null || !('message' in parsed) || parsed.message !== 'turn')
      return []
    const { outcome, reference } = parsed as { outcome?: unknown; reference?: unknown }
    return typeof outcome === 'string' && typeof reference === 'string' ? [{ outcome, reference }] : []
  } catch {
    return []
  }
}
