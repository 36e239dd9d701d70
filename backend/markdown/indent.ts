/** A line indented by so many columns is code. https://spec.commonmark.org/0.31.2/#indented-code-blocks */
export const CODE_INDENT_COLUMNS = 4

/** https://spec.commonmark.org/0.31.2/#tabs */
const TAB_COLUMNS = 4

/** The line without its newline, and with spaces in place of tabs, so that one character is one column. */
export function withSpacesForTabs(line: string): string {
  let text = ''
  for (const character of line.replace(/\n$/, '')) {
    text += character === '\t' ? ' '.repeat(TAB_COLUMNS - (text.length % TAB_COLUMNS)) : character
  }
  return text
}

export function indentOf(line: string): number {
  return /^ */.exec(line)?.[0].length ?? 0
}
