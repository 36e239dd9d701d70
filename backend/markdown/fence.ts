import { CODE_INDENT_COLUMNS } from './indent.ts'

/** An open fenced block. https://spec.commonmark.org/0.31.2/#fenced-code-blocks */
export interface Fence {
  /** The delimiter: three or more of ` or ~. */
  mark: string
  /** The info string behind the delimiter, such as "ts". */
  info: string
  /** The column where the text of the surrounding list item begins; 0 outside a list. */
  indent: number
  /** The column of the delimiter. */
  column: number
  /** The block is in a quotation. */
  quoted: boolean
}

/** A delimiter that is indented further, relative to its list item or quotation, is indented code. */
const DELIMITER_INDENT_COLUMNS = CODE_INDENT_COLUMNS - 1

/** The delimiter that opens a block on `line`, which has no container markers before it and no tabs. */
export function delimiterOf(line: string): Pick<Fence, 'mark' | 'info'> | undefined {
  // An info string behind backticks holds no backtick: such a line is inline code.
  const [, backticks, behind, tildes, further] = /^ {0,3}(?:(`{3,})([^`]*)|(~{3,})(.*))$/s.exec(line) ?? []
  const mark = backticks ?? tildes
  return mark === undefined ? undefined : { mark, info: (behind ?? further ?? '').trim() }
}

/** True if `line` closes the block. `line` is the rest after the markers of the block's containers. */
export function isClosing({ mark }: Fence, line: string): boolean {
  const [, space = '', closing] = /^( *)(`{3,}|~{3,}) *$/.exec(line) ?? []
  return closing?.startsWith(mark) === true && space.length <= DELIMITER_INDENT_COLUMNS
}

/** The line that closes the block wherever its text is cut. */
export function closingLine({ mark, indent, quoted }: Fence): string {
  return `${quoted ? '> ' : ' '.repeat(indent)}${mark}\n`
}

/**
 * The lines that reopen the block at the start of another message, where no list surrounds it. Outside a
 * list, a delimiter indented by four columns or more would not close the block, so such a block gets a list
 * of the same depth.
 */
export function openingLine({ mark, info, indent, column, quoted }: Fence): string {
  if (quoted) return `> ${mark}${info}\n`
  if (column <= DELIMITER_INDENT_COLUMNS) return `${mark}${info}\n`
  const items = ' '.repeat(indent % 2) + '- '.repeat(indent / 2)
  return `${column > indent ? `${items.trimEnd()}\n${' '.repeat(column)}` : items}${mark}${info}\n`
}
