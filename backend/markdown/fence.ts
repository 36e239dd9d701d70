/** A fenced block that is open. */
export interface Fence {
  /** The delimiter: three or more of ` or ~. */
  mark: string
  /** What stands behind it, such as "ts". */
  info: string
  /** The column where the text of the list item begins that it stands in; 0 outside a list. */
  indent: number
  /** The column of its delimiter. */
  column: number
  /** It stands in a quotation. */
  quoted: boolean
}

/** As far as a delimiter may stand in from its list item or quotation; further in, it is code by indentation. */
const INDENT_COLUMNS = 3

/** The delimiter that a line begins a block with. `line` is without the markers before it, its tabs are spaces. */
export function delimiterOf(line: string): Pick<Fence, 'mark' | 'info'> | undefined {
  // Behind a delimiter of backticks there is no other backtick: else it is code within a line.
  const [, backticks, behind, tildes, further] = /^ {0,3}(?:(`{3,})([^`]*)|(~{3,})(.*))$/s.exec(line) ?? []
  const mark = backticks ?? tildes
  return mark === undefined ? undefined : { mark, info: (behind ?? further ?? '').trim() }
}

/** Whether a line, without what is before its container's text, ends a block. */
export function closes({ mark }: Fence, line: string): boolean {
  const [, space = '', closing] = /^( *)(`{3,}|~{3,}) *$/.exec(line) ?? []
  return closing?.startsWith(mark) === true && space.length <= INDENT_COLUMNS
}

/** The line that ends a block before its text does. */
export function closingLine({ mark, indent, quoted }: Fence): string {
  return `${quoted ? '> ' : ' '.repeat(indent)}${mark}\n`
}

/**
 * What goes on with it in another message, where there is no list around it any more. A delimiter that stands in too
 * far ends no block outside a list, so that a block whose delimiter does goes on in a list that is as deep.
 */
export function openingLine({ mark, info, indent, column, quoted }: Fence): string {
  if (quoted) return `> ${mark}${info}\n`
  if (column <= INDENT_COLUMNS) return `${mark}${info}\n`
  const items = ' '.repeat(indent % 2) + '- '.repeat(indent / 2)
  return `${column > indent ? `${items.trimEnd()}\n${' '.repeat(column)}` : items}${mark}${info}\n`
}
