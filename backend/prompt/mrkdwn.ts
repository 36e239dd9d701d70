/**
 * Slack's own markup, mrkdwn: how text looks in a message that Slack sends us, and in a block of type
 * `mrkdwn` that we send. Answers are standard Markdown and do not pass through here.
 * https://docs.slack.dev/messaging/formatting-message-text
 */

/**
 * The words of an incoming text: control sequences are resolved and escapes undone. `names` maps user ids to
 * names; mentions of `withoutUserId` (the assistant itself) are dropped.
 */
export function toPlain(mrkdwn: string, names: ReadonlyMap<string, string>, withoutUserId?: string): string {
  return mrkdwn
    .replace(/<([@#!][^<>]*|[a-z][a-z0-9+.-]*:[^<>]*)>/gi, (_, inner: string) =>
      resolve(inner, names, withoutUserId),
    )
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .trim()
}

/** Escapes outgoing text: Slack shows it as it is, and makes no mention, link or broadcast of it. */
export function escapeMrkdwn(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** Ids of the people whom a text mentions. */
export function mentionedUserIds(mrkdwn: string): string[] {
  return [...mrkdwn.matchAll(/<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>/g)].flatMap((match) => match[1] ?? [])
}

function resolve(
  inner: string,
  names: ReadonlyMap<string, string>,
  withoutUserId: string | undefined,
): string {
  const [target = '', label] = inner.split('|', 2)
  switch (target[0]) {
    case '@': {
      const userId = target.slice(1)
      return userId === withoutUserId ? '' : `@${names.get(userId) ?? label ?? userId}`
    }
    case '#':
      return `#${label || target.slice(1)}`
    case '!':
      return label ?? `@${target.slice(1).split('^')[0]}`
    default:
      return label && label !== target ? `${label} (${target})` : target
  }
}
