import { type HTMLElement, type Node, NodeType, parse } from 'node-html-parser'
import { type Block, createSlugger, fence, type ParsedFile } from './block.ts'
import { renderBlocks } from './render.ts'

/** Elements that hold no text of the page itself. */
const DROPPED = new Set([
  'head',
  'iframe',
  'nav',
  'noscript',
  'object',
  'script',
  'select',
  'style',
  'svg',
  'template',
  'textarea',
  'title',
])
const INLINE = new Set(
  'a abbr b bdi bdo cite code data del dfn em font i ins kbd label mark q s samp small span strong sub sup time tt u var wbr'.split(
    ' ',
  ),
)

/**
 * Reads an HTML page. Leaves out scripts, styles and navigation, decodes entities, and keeps lists, tables
 * and code readable.
 */
export function parseHtml(source: string): ParsedFile {
  const root = parseTree(source)
  const blocks = blocksOf(root, createSlugger())
  const metaDate = root
    .querySelectorAll('meta')
    .find((meta) => ['date', 'last-modified'].includes((meta.getAttribute('name') ?? '').toLowerCase()))
  const first = blocks.find((block) => block.kind === 'heading' && block.depth === 1)
  return {
    title: first?.text || flat(root.querySelector('title')?.text ?? '') || undefined,
    updated:
      metaDate?.getAttribute('content') ?? root.querySelector('time[datetime]')?.getAttribute('datetime'),
    blocks,
    render: () => renderBlocks(blocks),
  }
}

/** The blocks of raw HTML inside Markdown. `slug` is the slugger of the whole page. */
export function htmlBlocks(html: string, slug: (heading: string) => string): Block[] {
  return blocksOf(parseTree(html), slug)
}

/** Decodes `&amp;`, `&#8212;` and the like, without reading any tags. */
export function decodeEntities(text: string): string {
  return text.replace(/&#?\w{1,32};/g, (entity) => parse(entity).text)
}

function parseTree(html: string): HTMLElement {
  // `pre` is missing on purpose: the parser would read the tags inside it as text.
  // The parser would also read a doctype as text.
  const elements = html.replace(/<![a-z][^>]*>|<\?[^>]*>/gi, '')
  return parse(elements, { blockTextElements: { script: true, style: true, noscript: true } })
}

function blocksOf(root: HTMLElement, slug: (heading: string) => string): Block[] {
  const blocks: Block[] = []
  let line = ''
  const flush = () => {
    const text = tidy(line)
    if (text !== '') blocks.push({ kind: 'prose', text })
    line = ''
  }
  const visit = (node: Node) => {
    const tag = tagOf(node)
    if (DROPPED.has(tag)) return
    if (!isElement(node) || INLINE.has(tag) || tag === 'br' || tag === 'img') {
      line += inline(node)
      return
    }
    flush()
    if (/^h[1-6]$/.test(tag)) {
      const text = flat(node.text)
      if (text !== '') blocks.push({ kind: 'heading', depth: Number(tag[1]), text, slug: slug(text) })
    } else if (tag === 'pre') blocks.push({ kind: 'code', text: fence(node.text.replace(/^\n/, '')) })
    else if (tag === 'ul' || tag === 'ol') blocks.push({ kind: 'prose', text: listText(node, '') })
    else if (tag === 'table') blocks.push({ kind: 'table', text: tableText(node) })
    else node.childNodes.forEach(visit)
    flush()
  }
  root.childNodes.forEach(visit)
  flush()
  return blocks.filter((block) => block.text.trim() !== '')
}

function listText(list: HTMLElement, indent: string): string {
  const items = list.childNodes.filter((node) => isElement(node) && tagOf(node) === 'li') as HTMLElement[]
  return items
    .map((item, n) => {
      const mark = tagOf(list) === 'ol' ? `${n + 1}. ` : '- '
      const inner = item.childNodes.filter(
        (node) => isElement(node) && /^[uo]l$/.test(tagOf(node)),
      ) as HTMLElement[]
      const own = item.childNodes.filter((node) => !inner.includes(node as HTMLElement))
      const lines = [
        `${indent}${mark}${flat(own.map(inline).join(''))}`,
        ...inner.map((list) => listText(list, `${indent}   `)),
      ]
      return lines.join('\n')
    })
    .join('\n')
}

function tableText(table: HTMLElement): string {
  const rows = table.querySelectorAll('tr').map((row) => {
    const cells = row.childNodes.filter((node) => isElement(node) && /^t[dh]$/.test(tagOf(node)))
    return cells.map((cell) => flat(inline(cell)).replaceAll('|', '\\|'))
  })
  const [head, ...body] = rows.filter((cells) => cells.length > 0)
  if (head === undefined) return ''
  const caption = flat(table.querySelector('caption')?.text ?? '')
  const lines = [head, head.map(() => '---'), ...body].map((cells) => `| ${cells.join(' | ')} |`)
  return [...(caption === '' ? [] : [caption, '']), ...lines].join('\n')
}

function inline(node: Node): string {
  if (node.nodeType === NodeType.TEXT_NODE) return node.text.replace(/\s+/g, ' ')
  const tag = tagOf(node)
  if (!isElement(node) || DROPPED.has(tag)) return ''
  if (tag === 'br') return '\n'
  if (tag === 'img') return node.getAttribute('alt') ?? ''
  if (tag === 'code' || tag === 'kbd' || tag === 'samp')
    return node.text.trim() === '' ? '' : `\`${flat(node.text)}\``
  const text = node.childNodes.map(inline).join('')
  const href = tag === 'a' ? (node.getAttribute('href') ?? '') : ''
  if (/^https?:\/\//i.test(href) && text.trim() !== '') return `[${flat(text)}](${href})`
  return INLINE.has(tag) ? text : ` ${text} `
}

function isElement(node: Node): node is HTMLElement {
  return node.nodeType === NodeType.ELEMENT_NODE
}

function tagOf(node: Node): string {
  return (node.rawTagName ?? '').toLowerCase()
}

function flat(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}

function tidy(text: string): string {
  return text
    .replace(/ *\n */g, '\n')
    .replace(/ {2,}/g, ' ')
    .trim()
}
