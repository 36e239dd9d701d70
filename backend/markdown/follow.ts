import { afterLine as afterBlockLine, type Blocks, isDelimiterRow, NO_BLOCKS } from './blocks.ts'

/** What of a Markdown text is open at its end. */
export interface MarkdownState {
  /** The fenced block, the lists and quotations that are open. */
  blocks: Blocks
  /** Header and delimiter row of the table that is open; undefined outside one. */
  tableHead?: string
  /** What stands on the last line so far; empty at a line's start. */
  line: string
  /** The line before it, with its end: a table's header perhaps, or empty after a blank line. */
  previous: string
}

export const INITIAL_STATE: MarkdownState = { blocks: NO_BLOCKS, line: '', previous: '' }

/** Follows a text line by line: what is open after each. `visit` gets where in `text` each line ends that is finished. */
export function follow(
  before: MarkdownState,
  text: string,
  visit: (end: number, state: MarkdownState) => void = () => undefined,
): MarkdownState {
  let state = before
  let start = 0
  for (let newline = text.indexOf('\n'); newline >= 0; newline = text.indexOf('\n', start)) {
    state = afterLine(state, state.line + text.slice(start, newline + 1))
    start = newline + 1
    visit(start, state)
  }
  return start < text.length ? { ...state, line: state.line + text.slice(start) } : state
}

/** `line` is whole, with its end. */
function afterLine({ blocks: before, tableHead, previous }: MarkdownState, line: string): MarkdownState {
  const blocks = afterBlockLine(before, line)
  if (before.fence || blocks.fence || line.trim() === '') return { blocks, line: '', previous: '' }
  if (tableHead !== undefined && line.includes('|')) return { blocks, line: '', previous: line, tableHead }
  if (previous.includes('|') && line.includes('|') && isDelimiterRow(line)) {
    return { blocks, line: '', previous: line, tableHead: previous + line }
  }
  return { blocks, line: '', previous: line }
}

/** Whether the last line is unfinished and a row of a table, or going to be one. */
export function isHalfRow({ blocks, tableHead, line }: MarkdownState): boolean {
  return !blocks.fence && line !== '' && (tableHead !== undefined || /^[ \t]*\|/.test(line))
}
