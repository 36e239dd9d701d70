import { isDelimiterRow, withoutMarkers } from './blocks.ts'
import { LINK_STARTS, type Token } from './inline.ts'
import type { Spot } from './rewriter.ts'

/** Set between two things that would be read as one: a space that takes no room. */
const NOTHING = '\u200b'

const LONGEST_START = Math.max(...LINK_STARTS.map(({ length }) => length))

/** What is written for a token, such that it stays apart from what is written before it on its line. */
export function joined(line: string, { kind, raw }: Token, piece: string): string {
  if (piece === '' || kind === 'fenced') return piece
  const isAsRead = kind === 'text' && piece === raw
  const apart =
    (line.endsWith('`') && piece.startsWith('`')) || (!isAsRead && (isEscaping(line) || line.endsWith('!')))
  // A label and its target that did not stand on one line, or what defines a target for a label elsewhere.
  const text = kind === 'text' ? piece.replace(/\](?=[(:])/g, `]${NOTHING}`) : piece
  return apart || (line.endsWith(']') && /^[(:]/.test(text)) ? NOTHING + text : text
}

/** What is written, such that it does not become an address with what a token before it left on the line. */
export function keptApart(line: string, piece: string): string {
  const tail = line.slice(-LONGEST_START).toLowerCase()
  const goesOn = (start: string, length: number) =>
    tail.endsWith(start.slice(0, length)) && piece[0]?.toLowerCase() === start[length]
  const becomesAddress = LINK_STARTS.some((start) => [...start].some((_, at) => at > 0 && goesOn(start, at)))
  return becomesAddress ? NOTHING + piece : piece
}

/** Keeps code in tables whole: there `|` ends a cell, and with it the code, unless a backslash stands before it. */
export function createCellGuard() {
  let holdsPipe = false
  let heldPipe = false

  return {
    /** What is written for `piece`. */
    guarded({ kind, raw }: Token, piece: string, { line, blocks }: Spot): string {
      if (kind === 'text' && raw.endsWith('\n')) {
        const broken = this.rowBreak(line)
        heldPipe = holdsPipe
        holdsPipe = false
        return broken + piece
      }
      if (!/`[^`]*\|/.test(piece) || kind === 'fenced') return piece
      if (blocks.table || withoutMarkers(line).trimStart().startsWith('|')) return withPipesEscaped(piece)
      holdsPipe ||= withPipesEscaped(piece) !== piece
      return piece
    },
    /** Written at the end of what would make a table's header of the line before, when code there holds a pipe. */
    rowBreak: (line: string): string => (heldPipe && isDelimiterRow(withoutMarkers(line)) ? NOTHING : ''),
  }
}

/** A text that is one cell's, should it stand in a table. */
export function withPipesEscaped(text: string): string {
  return text.replace(/\\[\\|]|\|/g, (found) => (found === '|' ? '\\|' : found))
}

/** Whether a text ends with a backslash that escapes what follows. */
export function isEscaping(line: string): boolean {
  return line.endsWith('\\') && /(?<!\\)(?:\\\\)*\\$/.test(line)
}
