import { completesAddressStart } from './bare-address.ts'
import type { Token } from './token.ts'

/** Zero-width space: keeps two neighbours from being parsed as one. */
export const ZERO_WIDTH_SPACE = '\u200b'

/** `piece` in a form that makes no link, image or code together with `line` before it. */
export function separateMarkup(line: string, { kind, raw }: Token, piece: string): string {
  if (piece === '' || kind === 'fenced') return piece
  const isUnchanged = kind === 'text' && piece === raw
  const wouldMerge =
    (line.endsWith('`') && piece.startsWith('`')) ||
    (!isUnchanged && (endsWithEscape(line) || line.endsWith('!')))
  // `](` across two lines is a link for some parsers, and `]:` defines a target for a label elsewhere.
  const text = kind === 'text' ? piece.replace(/\](?=[(:])/g, `]${ZERO_WIDTH_SPACE}`) : piece
  return wouldMerge || (line.endsWith(']') && /^[(:]/.test(text)) ? ZERO_WIDTH_SPACE + text : text
}

/** `piece` in a form that does not complete an address whose first characters end `line`. */
export function separateAddress(line: string, piece: string): string {
  return completesAddressStart(line, piece) ? ZERO_WIDTH_SPACE + piece : piece
}

/** True if `text` ends with a backslash that escapes the next character. */
export function endsWithEscape(text: string): boolean {
  return text.endsWith('\\') && /(?<!\\)(?:\\\\)*\\$/.test(text)
}
