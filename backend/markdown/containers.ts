import { delimiterOf } from './fence.ts'
import { CODE_INDENT_COLUMNS, indentOf, withSpacesForTabs } from './indent.ts'

/**
 * A quotation or a list item. The text of an item begins `width` columns to the right of what surrounds the
 * item. `empty`: the item has no text yet. https://spec.commonmark.org/0.31.2/#container-blocks
 */
export type Container = { kind: 'quote' } | { kind: 'item'; width: number; empty: boolean }

/** Nobody writes deeper lists. A line of nothing but markers would take seconds without this limit. */
const DEEPEST = 30

/** A line without the list and quotation markers that it begins with. */
export function withoutMarkers(line: string): string {
  return line.replace(/^(?:[ \t]*(?:>|(?:[-*+]|\d{1,9}[.)])(?=[ \t])))*/, '')
}

/** True if an unfinished line holds only markers so far: a fenced block may begin here. */
export function isBareStart(line: string): boolean {
  return /^[ \t]*$/.test(withoutMarkers(line))
}

/**
 * The containers that `line` continues, from the outermost, and the rest of the line behind their markers.
 */
export function continueContainers(
  containers: readonly Container[],
  line: string,
): { continued: Container[]; rest: string } {
  const continued: Container[] = []
  let rest = withSpacesForTabs(line)
  for (const container of containers) {
    const indent = indentOf(rest)
    const isBlank = indent === rest.length
    if (container.kind === 'quote') {
      if (indent >= CODE_INDENT_COLUMNS || rest[indent] !== '>') break
      rest = rest.slice(indent + 1).replace(/^ /, '')
      continued.push(container)
    } else {
      if (isBlank ? container.empty : indent < container.width) break
      rest = rest.slice(container.width)
      continued.push({ ...container, empty: false })
    }
  }
  return { continued, rest }
}

interface OpenedContainers {
  /** The continued containers and the new ones. */
  containers: Container[]
  /** The paragraph that was open goes on. */
  paragraph: boolean
  /** The rest of the line behind the markers. */
  rest: string
  /** A list marker was taken for text, because it cannot interrupt the paragraph. */
  refused: boolean
  /** Parsers disagree: the second marker decides differently from the first, or there are too many. */
  disputed: boolean
}

/** Adds the containers that `line` opens. `inParagraph`: a paragraph is open in the `continued` ones. */
export function openContainers(
  continued: readonly Container[],
  inParagraph: boolean,
  line: string,
): OpenedContainers {
  const containers = [...continued]
  let paragraph = inParagraph
  let rest = line
  let refused = false
  let disputed = false
  while (containers.length < DEEPEST && indentOf(rest) < CODE_INDENT_COLUMNS && !startsLeafBlock(rest)) {
    const [, quote] = /^( *>)/.exec(rest) ?? []
    const [, marker, behind = ''] = /^( *(?:[-*+]|\d{1,9}[.)]))( *$| +)/.exec(rest) ?? []
    if (quote) {
      containers.push({ kind: 'quote' })
      rest = rest.slice(quote.length).replace(/^ /, '')
    } else if (marker !== undefined) {
      const empty = rest.length === marker.length + behind.length
      // A number other than 1 may be part of a sentence, as in "in\n2024. ", and does not end a paragraph.
      const endsParagraph = !empty && /^ *(?:[-*+]|0*1[.)])$/.test(marker)
      refused = paragraph && !endsParagraph
      disputed ||= inParagraph && !paragraph && !endsParagraph
      if (refused || (paragraph && isUnderlineOfDashes(rest))) break
      const width = marker.length + (empty || behind.length > CODE_INDENT_COLUMNS ? 1 : behind.length)
      containers.push({ kind: 'item', width, empty })
      rest = rest.slice(width)
    } else break
    paragraph = false
  }
  return { containers, paragraph, rest, refused, disputed: disputed || containers.length === DEEPEST }
}

/** Dashes under a paragraph make it a heading. https://spec.commonmark.org/0.31.2/#setext-headings */
function isUnderlineOfDashes(line: string): boolean {
  return /^ {0,3}-+ *$/.test(line)
}

/** True if `line` starts a fenced block, a heading or a thematic break. Each of them ends a paragraph. */
export function startsLeafBlock(line: string): boolean {
  return (
    delimiterOf(line) !== undefined ||
    /^ {0,3}#{1,6}(?: |$)/.test(line) ||
    /^ {0,3}(?:(?:\* *){3,}|(?:- *){3,}|(?:_ *){3,})$/.test(line)
  )
}
