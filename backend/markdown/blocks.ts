import { closes, delimiterOf, type Fence } from './fence.ts'

/** A list item, whose text begins `width` columns further in than what is around it, or a quotation. */
type Container = { kind: 'quote' } | { kind: 'item'; width: number; empty: boolean }

/** What of a Markdown text's blocks is open after a line. */
export interface Blocks {
  fence?: Fence
  /** From the outermost to the innermost. */
  containers: readonly Container[]
  /** The line belongs to a paragraph that the next may go on with. */
  paragraph: boolean
  /** The paragraph may be a table: it holds what looks like the row of dashes. */
  table: boolean
  /** Parsers may disagree on the containers: in and behind a table they treat list markers and lazy lines differently. */
  unsure: boolean
  /** The line is blank. */
  blank: boolean
}

export const NO_BLOCKS: Blocks = {
  containers: [],
  paragraph: false,
  table: false,
  unsure: false,
  blank: true,
}

/** From so far in on, a line is code by indentation. */
const CODE_INDENT_COLUMNS = 4
const TAB_COLUMNS = 4

/** Deeper than anybody writes; a line of nothing but markers would take seconds. */
const DEEPEST = 30

const DELIMITER_ROW = /^[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$/

/** The row of dashes under a table's header. */
export function isDelimiterRow(line: string): boolean {
  return line.includes('-') && DELIMITER_ROW.test(line.trimEnd())
}

/** A line without the markers of lists and quotations that it begins with. */
export function withoutMarkers(line: string): string {
  return line.replace(/^(?:[ \t]*(?:>|(?:[-*+]|\d{1,9}[.)])(?=[ \t])))*/, '')
}

/** Whether a line, as far as it goes, holds nothing yet that is not a marker: a fenced block may begin here. */
export function isBareStart(line: string): boolean {
  return /^[ \t]*$/.test(withoutMarkers(line))
}

/**
 * Follows the blocks of a text as CommonMark has them: lists, quotations, paragraphs and fenced blocks. `line` is whole.
 * https://spec.commonmark.org/0.31.2/#phase-1-block-structure
 */
export function afterLine(blocks: Blocks, line: string): Blocks {
  const { fence, ...open } = blocks
  const { matched, rest: within } = descend(blocks, line)
  const inAll = matched.length === open.containers.length
  if (fence && inAll)
    return closes(fence, within) ? { ...open, containers: matched } : { ...blocks, containers: matched }

  // Behind a blank line, what does not stand in belongs to nothing that was open.
  const isFresh = open.blank && indentOf(expanded(line)) <= 1
  const { containers, paragraph, rest, refused, disputed } = ascend(matched, inAll && open.paragraph, within)
  const unsure =
    (open.unsure && (!isFresh || rest.trim() === '')) || disputed || (open.table && (refused || !inAll))
  const isBlank = rest.trim() === ''
  const opened = containers.length > matched.length
  if (isBlank) return { ...NO_BLOCKS, containers, unsure }
  if (!inAll && !opened && open.paragraph && !beginsBlock(rest)) return { ...open, unsure, blank: false }

  const delimiter = delimiterOf(rest)
  const next = { containers, paragraph: false, table: false, unsure, blank: false }
  if (delimiter) return { ...next, fence: { ...delimiter, ...placeOf(containers, indentOf(rest)) } }
  if (beginsBlock(rest) || (paragraph && /^ {0,3}(?:=+|-+) *$/.test(rest))) return next
  if (!paragraph && indentOf(rest) >= CODE_INDENT_COLUMNS) return next
  const table = (paragraph && open.table) || (/[|:]/.test(rest) && isDelimiterRow(rest))
  return { ...next, paragraph: true, table }
}

/** Whether a fenced block stands where we can close it and open it again: in a list, in a quotation, or in neither. */
export function isPlain({ containers, unsure }: Blocks): boolean {
  const quotes = containers.filter(({ kind }) => kind === 'quote').length
  return !unsure && (quotes === 0 || containers.length === 1)
}

/** Whether `line`, as far as it goes, belongs to what is open. */
export function isInside(blocks: Blocks, line: string): boolean {
  return descend(blocks, line).matched.length === blocks.containers.length
}

/** The containers that a line goes on with, and the rest of it. */
function descend({ containers }: Blocks, line: string): { matched: Container[]; rest: string } {
  const matched: Container[] = []
  let rest = expanded(line)
  for (const container of containers) {
    const indent = indentOf(rest)
    const isBlank = indent === rest.length
    if (container.kind === 'quote') {
      if (indent >= CODE_INDENT_COLUMNS || rest[indent] !== '>') break
      rest = rest.slice(indent + 1).replace(/^ /, '')
      matched.push(container)
    } else {
      if (isBlank ? container.empty : indent < container.width) break
      rest = rest.slice(container.width)
      matched.push({ ...container, empty: false })
    }
  }
  return { matched, rest }
}

/**
 * The containers that the rest of a line opens. `refused`: what looks like a list marker does not end the paragraph.
 * `disputed`: parsers disagree, since another marker ended the paragraph already, or the containers are too many.
 */
function ascend(matched: Container[], inParagraph: boolean, line: string) {
  const containers = [...matched]
  let paragraph = inParagraph
  let rest = line
  let refused = false
  let disputed = false
  while (containers.length < DEEPEST && indentOf(rest) < CODE_INDENT_COLUMNS && !beginsBlock(rest)) {
    const [, quote] = /^( *>)/.exec(rest) ?? []
    const [, marker, behind = ''] = /^( *(?:[-*+]|\d{1,9}[.)]))( *$| +)/.exec(rest) ?? []
    if (quote) {
      containers.push({ kind: 'quote' })
      rest = rest.slice(quote.length).replace(/^ /, '')
    } else if (marker !== undefined) {
      const empty = rest.length === marker.length + behind.length
      // Only what cannot be the rest of a sentence ends a paragraph: "in\n2024. " does not.
      const endsParagraph = !empty && /^ *(?:[-*+]|0*1[.)])$/.test(marker)
      refused = paragraph && !endsParagraph
      disputed ||= inParagraph && !paragraph && !endsParagraph
      if (refused || (paragraph && isUnderline(rest))) break
      const width = marker.length + (empty || behind.length > CODE_INDENT_COLUMNS ? 1 : behind.length)
      containers.push({ kind: 'item', width, empty })
      rest = rest.slice(width)
    } else break
    paragraph = false
  }
  return { containers, paragraph, rest, refused, disputed: disputed || containers.length === DEEPEST }
}

/** A dash under a paragraph makes a heading of it. */
function isUnderline(line: string): boolean {
  return /^ {0,3}-+ *$/.test(line)
}

/** What ends a paragraph, apart from a container: a fenced block, a heading, a thematic break. */
function beginsBlock(line: string): boolean {
  return (
    delimiterOf(line) !== undefined ||
    /^ {0,3}#{1,6}(?: |$)/.test(line) ||
    /^ {0,3}(?:(?:\* *){3,}|(?:- *){3,}|(?:_ *){3,})$/.test(line)
  )
}

function placeOf(
  containers: readonly Container[],
  space: number,
): Pick<Fence, 'indent' | 'column' | 'quoted'> {
  const quoted = containers.some(({ kind }) => kind === 'quote')
  const indent = containers.reduce(
    (sum, container) => sum + (container.kind === 'item' && !quoted ? container.width : 0),
    0,
  )
  return { quoted, indent, column: indent + space }
}

/** A line without its end, its tabs as spaces. */
function expanded(line: string): string {
  let text = ''
  for (const character of line.replace(/\n$/, '')) {
    text += character === '\t' ? ' '.repeat(TAB_COLUMNS - (text.length % TAB_COLUMNS)) : character
  }
  return text
}

function indentOf(line: string): number {
  return /^ */.exec(line)?.[0].length ?? 0
}
