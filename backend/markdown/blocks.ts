import { type Container, continueContainers, openContainers, startsLeafBlock } from './containers.ts'
import { delimiterOf, type Fence, isClosing } from './fence.ts'
import { CODE_INDENT_COLUMNS, indentOf, withSpacesForTabs } from './indent.ts'
import { isDelimiterRow } from './table.ts'

/** The Markdown blocks that are open after a line. */
export interface Blocks {
  fence?: Fence
  /** From the outermost to the innermost. */
  containers: readonly Container[]
  /** The line belongs to a paragraph that the next line may continue. */
  paragraph: boolean
  /** The paragraph may be a table: one of its lines looks like a delimiter row. */
  table: boolean
  /** Parsers may disagree on the containers: in and after a table they read list markers differently. */
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

/** A line after a blank one is surely outside every list if it is indented less than any list item's text. */
const OUTSIDE_LISTS_COLUMNS = 1

/**
 * The blocks that are open after `line`, a whole line, given those that were open before it: lists,
 * quotations, paragraphs, tables and fenced blocks.
 * https://spec.commonmark.org/0.31.2/#phase-1-block-structure
 */
export function blocksAfter(before: Blocks, line: string): Blocks {
  const { fence, ...open } = before
  const { continued, rest: within } = continueContainers(before.containers, line)
  const inAll = continued.length === open.containers.length
  if (fence && inAll)
    return isClosing(fence, within)
      ? { ...open, containers: continued }
      : { ...before, containers: continued }

  const isFresh = open.blank && indentOf(withSpacesForTabs(line)) <= OUTSIDE_LISTS_COLUMNS
  const { containers, paragraph, rest, refused, disputed } = openContainers(
    continued,
    inAll && open.paragraph,
    within,
  )
  const unsure =
    (open.unsure && (!isFresh || rest.trim() === '')) || disputed || (open.table && (refused || !inAll))
  if (rest.trim() === '') return { ...NO_BLOCKS, containers, unsure }
  const isLazy = !inAll && open.paragraph && containers.length === continued.length
  if (isLazy && !startsLeafBlock(rest)) return { ...open, unsure, blank: false }

  const delimiter = delimiterOf(rest)
  const next = { containers, paragraph: false, table: false, unsure, blank: false }
  if (delimiter) return { ...next, fence: { ...delimiter, ...fencePosition(containers, indentOf(rest)) } }
  if (startsLeafBlock(rest) || (paragraph && /^ {0,3}(?:=+|-+) *$/.test(rest))) return next
  if (!paragraph && indentOf(rest) >= CODE_INDENT_COLUMNS) return next
  const table = (paragraph && open.table) || (/[|:]/.test(rest) && isDelimiterRow(rest))
  return { ...next, paragraph: true, table }
}

/** True if we can close a fenced block here and reopen it later: in a list, one quotation, or neither. */
export function canHoldFence({ containers, unsure }: Blocks): boolean {
  const quotes = containers.filter(({ kind }) => kind === 'quote').length
  return !unsure && (quotes === 0 || containers.length === 1)
}

/** True if `line`, complete or not, is inside all open containers. */
export function isInside({ containers }: Blocks, line: string): boolean {
  return continueContainers(containers, line).continued.length === containers.length
}

function fencePosition(
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
