/** A fenced block that is open. */
export interface Fence {
  /** The delimiter: three or more of ` or ~. */
  mark: string
  /** What stands behind it, such as "ts". */
  info: string
  /** Where the text of the list item begins that it stands in; 0 outside a list. */
  indent: number
  /** It stands in a quotation. */
  quoted: boolean
}

/** What of a Markdown text's blocks is open after a line. */
export interface Blocks {
  fence?: Fence
  /** Where the text of the list item begins that is open; 0 outside a list. */
  item: number
}

export const NO_BLOCKS: Blocks = { item: 0 }

/** Markers of lists and quotations that a line begins with, and the space behind each. */
const CONTAINERS = /^(?:[ \t]*(?:>[ \t]?|(?:[-*+]|\d{1,9}[.)])[ \t]+))*/

/** As far as a delimiter may stand in from its list item; further in, it is code by indentation. */
const INDENT_CHARS = 3

/**
 * Follows fenced blocks as CommonMark has them, lists and quotations included: a block ends with its delimiter, or with
 * the item or quotation that it stands in. `line` is whole. https://spec.commonmark.org/0.31.2/#fenced-code-blocks
 */
export function afterLine(blocks: Blocks, line: string): Blocks {
  const { fence, item } = blocks
  if (fence) {
    if (!isInside(fence, line)) return afterLine({ item: indentOf(line) < item ? 0 : item }, line)
    return closes(fence, line) ? { item } : blocks
  }
  if (line.trim() === '') return { item }
  const markers = CONTAINERS.exec(line)?.[0] ?? ''
  const within = /[-*+.)]/.test(markers) ? markers.length : indentOf(line) < item ? 0 : item
  const opened = openedBy(line, markers, within)
  return { item: within, ...(opened && { fence: opened }) }
}

/** Whether a line, as far as it goes, holds nothing yet that is not a marker: a fenced block may begin here. */
export function isBareStart(line: string): boolean {
  return line.slice((CONTAINERS.exec(line)?.[0] ?? '').length).trim() === ''
}

/** Whether `line` still belongs to a block, its last line included. */
export function isInside({ indent, quoted }: Fence, line: string): boolean {
  if (quoted) return /^[ \t]*>/.test(line)
  return line.trim() === '' || indentOf(line) >= indent
}

/** The line that ends a block before its text does. */
export function closingLine({ mark, indent, quoted }: Fence): string {
  return `${quoted ? '> ' : ' '.repeat(indent)}${mark}\n`
}

/** The line that goes on with it in another message, where there is no list around it any more. */
export function openingLine({ mark, info, quoted }: Fence): string {
  return `${quoted ? '> ' : ''}${mark}${info}\n`
}

function openedBy(line: string, markers: string, within: number): Fence | undefined {
  // Behind a delimiter of backticks there is no other backtick: else it is code within a line.
  const delimiter = /^([ \t]*)(?:(`{3,})([^`\n]*)|(~{3,})([^\n]*))\n?$/.exec(line.slice(markers.length))
  if (!delimiter) return undefined
  const [, space = '', backticks, behind, tildes = '', further = ''] = delimiter
  const from = markers === '' ? space.length - within : space.length
  if (from < 0 || from > INDENT_CHARS) return undefined
  const quoted = markers.includes('>')
  return { mark: backticks ?? tildes, info: (behind ?? further).trim(), indent: quoted ? 0 : within, quoted }
}

function closes({ mark, indent }: Fence, line: string): boolean {
  const [, space = '', closing] = /^(?:[ \t]*>[ \t]?)*([ \t]*)(`{3,}|~{3,})[ \t\r]*\n?$/.exec(line) ?? []
  return closing?.startsWith(mark) === true && space.length <= indent + INDENT_CHARS
}

function indentOf(line: string): number {
  return /^[ \t]*/.exec(line)?.[0].length ?? 0
}
