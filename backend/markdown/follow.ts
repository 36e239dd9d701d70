import { type Blocks, blocksAfter, NO_BLOCKS } from './blocks.ts'
import { isDelimiterRow } from './table.ts'

/** The constructs that are open at the end of a Markdown text. */
export interface MarkdownState {
  /** The open fenced block, lists and quotations. */
  blocks: Blocks
  /** Header and delimiter row of the open table; undefined outside a table. */
  tableHead?: string
  /** The unfinished last line; empty at the start of a line. */
  line: string
  /** The line before it with its newline, perhaps a table's header; empty after a blank line. */
  previous: string
}

/** The state before the first character. */
export const INITIAL_STATE: MarkdownState = { blocks: NO_BLOCKS, line: '', previous: '' }

/**
 * The state after `text`. Calls `visit` after each finished line, with its end in `text` and the state there.
 */
export function follow(
  before: MarkdownState,
  text: string,
  visit: (end: number, state: MarkdownState) => void = () => undefined,
): MarkdownState {
  let state = before
  let start = 0
  for (let newline = text.indexOf('\n'); newline >= 0; newline = text.indexOf('\n', start)) {
    state = stateAfterLine(state, state.line + text.slice(start, newline + 1))
    start = newline + 1
    visit(start, state)
  }
  return start < text.length ? { ...state, line: state.line + text.slice(start) } : state
}

/** `line` is whole and ends with its newline. */
function stateAfterLine({ blocks: before, tableHead, previous }: MarkdownState, line: string): MarkdownState {
  const blocks = blocksAfter(before, line)
  if (before.fence || blocks.fence || line.trim() === '') return { blocks, line: '', previous: '' }
  if (tableHead !== undefined && line.includes('|')) return { blocks, line: '', previous: line, tableHead }
  if (previous.includes('|') && line.includes('|') && isDelimiterRow(line)) {
    return { blocks, line: '', previous: line, tableHead: previous + line }
  }
  return { blocks, line: '', previous: line }
}

/** True if the last line is an unfinished row of a table, or may become one. */
export function isHalfRow({ blocks, tableHead, line }: MarkdownState): boolean {
  return !blocks.fence && line !== '' && (tableHead !== undefined || /^[ \t]*\|/.test(line))
}
