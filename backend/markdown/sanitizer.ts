/**
 * The Markdown folder: from the model's stream to the messages in Slack. It imports nothing else of ours. It
 * is written by hand because a parser library reads a whole text, and we have to decide about each piece of a
 * stream and be able to cut the text almost anywhere.
 *
 * The way of the text, while the model still writes:
 *
 *     deltas → sanitizer (lexer → rewriter → safe form) → reply text → showable part → cut → messages
 *
 * - The lexer cuts text into tokens: `inline` reads one line, with `brackets` and `bare-address`; `token`
 *   says what a token is. A token is returned only once no later text can change it.
 * - HTML tags become Markdown or go: `html` reads them, `tag-writer` writes their marks. The rewriter drops thoughts
 *   that a model writes in tags.
 * - The follower knows which blocks are open. `blocks` does it line by line, with `containers` (lists,
 *   quotations), `fence`, `table` and `indent`. `follow` does it for a whole text and also remembers the
 *   table's header.
 * - The rewriter drives both: `rewriter` holds back unfinished text and asks for the safe form of each token.
 *   It tracks the blocks of what we write, not of what the model wrote, because Slack parses what we write.
 * - The safe form: `safe` decides about links, mentions and code, with `address` for the one spelling of a
 *   URL. `separate` keeps neighbours from becoming one construct, and `cell-guard` keeps code inside its
 *   table cell.
 * - The cutter: `showable` says how much can be shown now, and `cut` where a message ends, with `cut-points`,
 *   `words` and `bytes`. It closes an open fenced block and reopens it in the next message, and repeats a
 *   table's header.
 *
 * Guarantees, for every text and however it is cut into deltas:
 *
 * - Safe: the output has no live link or image whose address is not on the allow list, and pings nobody who
 *   is not.
 * - Final: text that was returned is never taken back. The whole output does not depend on the borders of the
 *   deltas.
 * - Complete: what is made harmless stays readable; a link keeps its label and its address.
 *   Only markers that name no passage, carriage returns, byte order marks and white space at the beginning
 *   go.
 * - Whole: no half of a character is written, and every fenced block is closed, at each cut and at the end.
 * - Prompt: at most INLINE_HOLD_CHARS of a line and BLOCK_HOLD_CHARS of a block wait for the rest.
 *
 * The judge: CommonMark 0.31.2 says what a block is, and GitHub's extension says what a table is. Slack
 * publishes no grammar of its own. If parsers are known to disagree on a construct (a fence in a quotation in
 * a list, a `|` in a table's code), we escape it, so that all of them read the same. The tests parse the
 * output of random texts with `marked` in its GitHub mode, and it must find no link that is not on the allow
 * list.
 */

import { createCellGuard } from './cell-guard.ts'
import { isBareStart } from './containers.ts'
import { closingLine } from './fence.ts'
import { createRewriter, type TokenPosition } from './rewriter.ts'
import { type AllowList, toSafeMarkdown } from './safe.ts'
import { separateAddress, separateMarkup } from './separate.ts'
import { createTagWriter } from './tag-writer.ts'
import type { MarkerPlace, Token } from './token.ts'

export interface Sanitizer {
  /** Takes the next part of the model's text and returns what can be shown now. */
  transform(delta: string): string
  /** Returns the rest, and closes a fenced block that the model left open. */
  flush(): string
}

/**
 * Writes a citation such as `[1, 3]`. If it returns '', the space before the citation goes too. Undefined leaves
 * the citation as it is.
 */
export type RenderMarker = (numbers: readonly number[], place: MarkerPlace) => string | undefined

/** Turns the model's streamed text into safe Markdown. */
export function createSanitizer(allowed: AllowList, renderMarker: RenderMarker): Sanitizer {
  const cells = createCellGuard()
  const writeTag = createTagWriter()
  const rewriter = createRewriter(write)
  /** White space at the end of the last text, not written yet: it goes if nothing but punctuation follows. */
  let heldSpace = ''
  /** The last token was written as nothing. */
  let vanished = false
  let wasText = false
  let started = false
  let endsLine = true

  function write(token: Token, position: TokenPosition): string {
    const line = position.line + heldSpace
    const safe =
      token.kind === 'marker'
        ? (renderMarker(token.numbers, token.place) ?? token.raw)
        : (writeTag(token, { ...position, line }) ?? toSafeMarkdown(token, allowed))
    if (token.kind !== 'text' && safe.startsWith('\n')) heldSpace = ''
    const isNewNeighbour = !wasText || token.kind !== 'text'
    const apart = isNewNeighbour ? separateAddress(line, safe) : safe
    const piece = cells.guard(token, separateMarkup(line, token, apart), { ...position, line }).toWellFormed()
    wasText = token.kind === 'text'
    if (piece === '') {
      vanished = true
      return ''
    }
    // A mark that closes belongs to the word before the space.
    if (token.kind === 'style' && token.closes) return piece
    const closesUp =
      vanished &&
      !isBareStart(line) &&
      (/^\s/.test(piece) || (/^[.,;:!?)]/.test(piece) && !ENDS_WITH_ADDRESS.test(position.line)))
    const spaced = closesUp ? piece : heldSpace + piece
    vanished = false
    heldSpace = token.kind === 'text' && !isBareStart(line + piece) ? (/[ \t]+$/.exec(spaced)?.[0] ?? '') : ''
    const shown = spaced.slice(0, spaced.length - heldSpace.length)
    const written = started ? shown : shown.replace(/^[ \t\n]+/, '')
    started ||= written !== ''
    if (written !== '') endsLine = written.endsWith('\n')
    return written
  }

  return {
    transform: (delta) => rewriter.transform(delta.replace(NEVER_WRITTEN, '')),
    flush() {
      const last = rewriter.flush() + cells.breakDelimiterRow(rewriter.currentLine())
      const fence = rewriter.openFence()
      return fence === undefined ? last : `${last}${endsLine ? '' : '\n'}${closingLine(fence)}`
    },
  }
}

/** Punctuation right behind a bare address could become part of it. */
const ENDS_WITH_ADDRESS = /(?:https?:\/\/|www\.)\S*$/i

/** Markdown reads a carriage return as the end of a line, and ignores a byte order mark at the start. */
const NEVER_WRITTEN = /[\r\uFEFF]/g
