import { identity } from './identity.ts'

/** Markup that a person's message may hold: mentions, channels, broadcasts and links. */
const MARKUP =
  /<(?:@[UW][A-Z0-9]+|#C[A-Z0-9]+(?:\|[^<>]*)?|![a-z]+(?:\^[^<>]*)?|https?:\/\/[^<>|\s]+(?:\|[^<>]*)?)>/g
const ADDRESS = /https?:\/\/[^\s<>]*[^\s<>.,;:!?)'"]/g

/** Slack escapes these three characters and no others (docs.slack.dev/messaging/formatting-message-text). */
export const escapeText = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/**
 * What Slack makes of typed text: escapes `& < >`, and turns addresses into links and `@Vera` into a mention.
 * Keeps existing markup such as `<@U00ADA>`, as if the person had chosen it in Slack's pickers.
 */
export function fromPerson(typed: string): string {
  const named = typed.replace(new RegExp(`@${identity.appName}\\b`, 'g'), `<@${identity.botUserId}>`)
  return outside(named, MARKUP, (words) =>
    outside(words, ADDRESS, escapeText, (address) => `<${escapeText(address)}>`),
  )
}

/** The `text` that Slack makes of an app's Markdown: bold, links and headings as mrkdwn, the rest escaped. */
export function fromMarkdown(markdown: string): string {
  return outside(markdown, MARKUP, escapeText)
    .replace(/\[([^\]]+)\]\((https?:[^)\s]+)\)/g, '<$2|$1>')
    .replace(/^#{1,6} +(.+)$/gm, '*$1*')
    .replace(/\*\*(.+?)\*\*/g, '*$1*')
}

/** The `rich_text` block that Slack adds to a person's text. */
export function toRichText(text: string, blockId: string) {
  const elements: Record<string, unknown>[] = []
  const unescaped = (words: string) =>
    words.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
  const word = (words: string) => {
    if (words) elements.push({ type: 'text', text: unescaped(words) })
    return words
  }
  outside(text, MARKUP, word, (markup) => {
    const [target = '', label] = markup.slice(1, -1).split('|')
    if (target.startsWith('@')) elements.push({ type: 'user', user_id: target.slice(1) })
    else if (target.startsWith('#')) elements.push({ type: 'channel', channel_id: target.slice(1) })
    else if (target.startsWith('!')) elements.push({ type: 'broadcast', range: target.slice(1) })
    else
      elements.push({
        type: 'link',
        url: unescaped(target),
        ...(label === undefined ? {} : { text: unescaped(label) }),
      })
    return markup
  })
  return { type: 'rich_text', block_id: blockId, elements: [{ type: 'rich_text_section', elements }] }
}

function outside(
  text: string,
  kept: RegExp,
  change: (words: string) => string,
  keep: (match: string) => string = (match) => match,
): string {
  let end = 0
  let made = ''
  for (const match of text.matchAll(kept)) {
    made += change(text.slice(end, match.index)) + keep(match[0])
    end = match.index + match[0].length
  }
  return made + change(text.slice(end))
}
