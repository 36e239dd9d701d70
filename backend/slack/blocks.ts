import type { ContextBlock, MarkdownBlock, SectionBlock } from '@slack/types'
import type { NumberedPassage } from '../passage.ts'

/** Slack's limits: https://docs.slack.dev/reference/block-kit/blocks */
const SECTION_LIMIT_CHARS = 3_000
const MARKDOWN_LIMIT_CHARS = 12_000

/** The passages that the answer cites, as a list of links. No block where nothing is cited. */
export function sourceBlocks(cited: readonly NumberedPassage[]): (SectionBlock | ContextBlock)[] {
  if (cited.length === 0) return []
  const lines = cited.map(({ number, title, url, base, updated }) => {
    const name =
      url === undefined ? escapeMrkdwn(title) : `<${escapeMrkdwn(url).replaceAll('|', '%7C')}|${escapeMrkdwn(title).replaceAll('|', '¦')}>`
    return `${number}. ${[name, escapeMrkdwn(base), updated?.slice(0, 10)].filter(Boolean).join(' · ')}`
  })
  let text = '*Sources*'
  for (const line of lines) {
    if (text.length + 1 + line.length > SECTION_LIMIT_CHARS) break
    text += `\n${line}`
  }
  return [{ type: 'section', text: { type: 'mrkdwn', text } }]
}

/** A whole answer as one block. Throws RangeError above Slack's limit. */
export function markdownBlock(text: string): MarkdownBlock {
  if (text.length > MARKDOWN_LIMIT_CHARS) throw new RangeError(`a markdown block takes ${MARKDOWN_LIMIT_CHARS} characters`)
  return { type: 'markdown', text }
}

/** https://docs.slack.dev/messaging/formatting-message-text#escaping */
function escapeMrkdwn(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
