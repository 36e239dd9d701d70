import { withoutMarkers } from './containers.ts'
import type { TokenPosition } from './rewriter.ts'
import { ZERO_WIDTH_SPACE } from './separate.ts'
import { isDelimiterRow, withPipesEscaped } from './table.ts'
import type { Token } from './token.ts'

/**
 * Keeps code in tables whole. An unescaped pipe ends the cell and with it the code, so that a link in it
 * would be live.
 */
export interface CellGuard {
  /** Returns the text to write in place of `piece`, which was written for `token`. */
  guard(token: Token, piece: string, position: TokenPosition): string
  /**
   * Returns the text to write at the end of `line` so that it makes no table header of the line before it.
   * Empty if that line holds no code with an unescaped pipe.
   */
  breakDelimiterRow(line: string): string
}

export function createCellGuard(): CellGuard {
  /** This line holds code with an unescaped pipe. */
  let holdsPipe = false
  /** The line before does. */
  let previousHoldsPipe = false

  const breakDelimiterRow = (line: string): string =>
    previousHoldsPipe && isDelimiterRow(withoutMarkers(line)) ? ZERO_WIDTH_SPACE : ''

  return {
    guard({ kind }, piece, { line, blocks }) {
      if (kind !== 'fenced' && piece.includes('\n')) {
        const separator = breakDelimiterRow(line)
        previousHoldsPipe = holdsPipe
        holdsPipe = false
        return separator + piece
      }
      if (!/`[^`]*\|/.test(piece) || kind === 'fenced') return piece
      if (blocks.table || withoutMarkers(line).trimStart().startsWith('|')) return withPipesEscaped(piece)
      holdsPipe ||= withPipesEscaped(piece) !== piece
      return piece
    },
    breakDelimiterRow,
  }
}
