import { readMarker } from './marker.ts'
import { INLINE_HOLD_CHARS, type Reading, textToken } from './token.ts'

/**
 * Reads `[label](url)`, `![label](url)` or `[1]` at the start of `rest`. Undefined if the bracket is not
 * closed so far, or not on its line. `final`: nothing follows `rest`. `before` is the text before it.
 */
export function readBracket(rest: string, final: boolean, before: string): Reading | undefined {
  const start = rest[0] === '!' ? 1 : 0
  const close = closingIndex(rest, start, '[', ']')
  if (close === undefined) return undefined
  const label = rest.slice(start + 1, close)
  const after = rest[close + 1]
  if (after === undefined && !final) return 'hold'
  if (after === '(') {
    const end = closingIndex(rest, close + 1, '(', ')')
    if (end === undefined) return undefined
    const target = /^\s*(?:<([^<>]*)>|(\S*))/.exec(rest.slice(close + 2, end))
    return { kind: 'link', raw: rest.slice(0, end + 1), label, url: target?.[1] ?? target?.[2] ?? '' }
  }
  const marker = start === 0 ? readMarker(rest, final, before) : undefined
  return marker ?? textToken(rest.slice(0, start + 1))
}

/** The index of the bracket that closes the one at `start`, on the same line. */
function closingIndex(rest: string, start: number, opening: string, closing: string): number | undefined {
  let depth = 0
  for (let index = start; index < Math.min(rest.length, INLINE_HOLD_CHARS); index++) {
    const character = rest[index]
    if (character === '\n') return undefined
    if (character === '\\') index++
    else if (character === opening) depth++
    else if (character === closing && --depth === 0) return index
  }
  return undefined
}
