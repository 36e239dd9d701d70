import { Marked, Parser, type Token } from 'marked'
import { type Block, escapeHtml, type Heading } from './block.ts'

const LINKED = new Set(['http:', 'https:', 'mailto:'])

const marked = new Marked({
  renderer: {
    html: ({ text }) => (/^<br\s*\/?>$/i.test(text.trim()) ? '<br>' : escapeHtml(text)),
    // Pictures would be loaded from elsewhere: show their description instead.
    image: ({ text }) => escapeHtml(text),
    link({ href, tokens }) {
      const text = this.parser.parseInline(tokens)
      return isLinked(href) ? `<a href="${escapeHtml(href)}" rel="noreferrer">${text}</a>` : text
    },
  },
})
const parser = new Parser(marked.defaults)

/** Renders one token of Markdown's lexer as HTML. Raw HTML in it is shown as text. */
export function renderToken(token: Token): string {
  return parser.parse([token])
}

export function renderHeading({ depth, slug }: Heading, tokens: Token[]): string {
  return `<h${depth} id="${escapeHtml(slug)}">${parser.parseInline(tokens)}</h${depth}>\n`
}

/** Renders the blocks of a page that is not Markdown. */
export function renderBlocks(blocks: Block[]): string {
  return blocks
    .map((block) =>
      block.kind === 'heading'
        ? renderHeading(block, [{ type: 'text', raw: block.text, text: block.text }])
        : marked.parse(block.text, { async: false }),
    )
    .join('')
}

function isLinked(href: string): boolean {
  const base = 'http://wiki.invalid/'
  return URL.canParse(href, base) && LINKED.has(new URL(href, base).protocol)
}
