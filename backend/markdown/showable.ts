import { follow, isHalfRow, type MarkdownState } from './follow.ts'
import { wordStarts } from './words.ts'

/** The longest fenced block or row that is held back until it is whole: a model writes it in about 12 s. */
export const BLOCK_HOLD_CHARS = 3_000

/**
 * The number of characters of `text` that may be shown while more is to come. Never half a fenced block, row
 * or word, if BLOCK_HOLD_CHARS allows it. The rest begins with a visible character: Slack may drop white
 * space at the border of two pieces (seen by third parties). `before` is the state at the start of `text`.
 * `text` ends where a token does, so links and mentions are whole.
 */
export function showable(before: MarkdownState, text: string): number {
  let safe = 0
  let insideFence = 0
  const end = follow(before, text, (at, state) => {
    if (!/\S/.test(text[at] ?? '')) return
    if (state.blocks.fence) insideFence = at
    else safe = at
  })
  if (!end.blocks.fence && !isHalfRow(end)) {
    const lastLine = Math.max(safe, text.lastIndexOf('\n') + 1)
    const word = wordStarts(text.slice(lastLine)).at(-1)
    if (word !== undefined) safe = lastLine + word
  }
  if (text.length - safe <= BLOCK_HOLD_CHARS) return safe
  return insideFence > safe ? insideFence : text.length
}
