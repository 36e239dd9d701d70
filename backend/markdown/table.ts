const DELIMITER_ROW = /^[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$/

/** True if `line` is the row of dashes under a header. https://github.github.com/gfm/#delimiter-row */
export function isDelimiterRow(line: string): boolean {
  return line.includes('-') && DELIMITER_ROW.test(line.trimEnd())
}

/** Escapes every pipe, so that the text stays in one cell if it is in a table. */
export function withPipesEscaped(text: string): string {
  return text.replace(/\\[\\|]|\|/g, (found) => (found === '|' ? '\\|' : found))
}
