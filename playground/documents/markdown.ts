import { lexer, type Token } from 'marked'
import { type Block, createSlugger, fence, type ParsedFile } from './block.ts'
import { decodeEntities, htmlBlocks } from './html.ts'
import { renderBlocks, renderHeading, renderToken } from './render.ts'

const FIELD = /^([\w-]+)[ \t]*:[ \t]*(.*?)[ \t]*$/

/**
 * Reads a Markdown page with its front matter (`title`, `url`, `updated` or `date`). Lines must end with LF.
 */
export function parseMarkdown(source: string): ParsedFile {
  const { fields, body } = frontMatter(source)
  const slug = createSlugger()
  const pieces = lexer(body).map((token) => ({ token, blocks: blocksOf(token, slug) }))
  const blocks = pieces.flatMap((piece) => piece.blocks)
  return {
    title: fields.title || blocks.find((block) => block.kind === 'heading' && block.depth === 1)?.text,
    url: /^https?:\/\//i.test(fields.url ?? '') ? fields.url : undefined,
    updated: fields.updated ?? fields.date,
    blocks,
    render: () => pieces.map(({ token, blocks }) => renderPiece(token, blocks)).join(''),
  }
}

function blocksOf(token: Token, slug: (heading: string) => string): Block[] {
  switch (token.type) {
    case 'space':
    case 'hr':
      return []
    case 'heading': {
      const text = plain(inner(token)).replace(/\s+/g, ' ').trim()
      return text === '' ? [] : [{ kind: 'heading', depth: token.depth, text, slug: slug(text) }]
    }
    case 'code':
      return [{ kind: 'code', text: fence(token.text, token.lang) }]
    case 'html':
      return htmlBlocks(token.raw, slug)
    default: {
      const text = decodeOutsideCode(token.raw).trim()
      return text === '' ? [] : [{ kind: token.type === 'table' ? 'table' : 'prose', text }]
    }
  }
}

function renderPiece(token: Token, blocks: Block[]): string {
  if (token.type === 'html') return renderBlocks(blocks)
  const [first] = blocks
  return first?.kind === 'heading' ? renderHeading(first, inner(token)) : renderToken(token)
}

function inner(token: Token): Token[] {
  return ('tokens' in token ? token.tokens : undefined) ?? []
}

/** A heading as people read it, without marks of emphasis and addresses of links. */
function plain(tokens: Token[]): string {
  return tokens
    .map((token) => {
      if (token.type === 'codespan' || token.type === 'escape') return token.text
      if (token.type === 'html') return ''
      if (token.type === 'br') return ' '
      if ('tokens' in token && token.tokens !== undefined) return plain(token.tokens)
      return 'text' in token ? decodeEntities(token.text) : ''
    })
    .join('')
}

function decodeOutsideCode(markdown: string): string {
  return markdown.replace(/(`+)[\s\S]*?\1|&#?\w+;/g, (found) =>
    found.startsWith('`') ? found : decodeEntities(found),
  )
}

/**
 * Reads the kind of YAML that front matter usually has: lines of `key: value`. Skips nested and folded
 * values.
 */
function frontMatter(source: string): { fields: Record<string, string>; body: string } {
  const lines = source.split('\n')
  const end = lines.findIndex((line, n) => n > 0 && /^(---|\.\.\.)\s*$/.test(line))
  const inner = lines.slice(1, Math.max(end, 1)).filter((line) => line.trim() !== '' && !line.startsWith('#'))
  // A page may also begin with a horizontal rule, which looks like the start of front matter. The first line
  // after it decides.
  const begins =
    /^---\s*$/.test(lines[0] ?? '') && end > 0 && (inner[0] === undefined || FIELD.test(inner[0]))
  if (!begins) return { fields: {}, body: source }
  const fields: Record<string, string> = {}
  for (const line of inner) {
    const [, key = '', value = ''] = FIELD.exec(line) ?? []
    if (key !== '' && !/^[>|][+-]?$/.test(value)) fields[key.toLowerCase()] = unquote(value)
  }
  return { fields, body: lines.slice(end + 1).join('\n') }
}

function unquote(value: string): string {
  const [, quote, inner] = /^(["'])(.*)\1(?:[ \t]+#.*)?$/.exec(value) ?? []
  if (inner === undefined) return value.replace(/[ \t]+#.*$/, '')
  return quote === "'" ? inner.replaceAll("''", "'") : inner.replace(/\\(["\\])/g, '$1')
}
