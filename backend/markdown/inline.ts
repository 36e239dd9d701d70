import { addressStartLength, readBareAddress } from './bare-address.ts'
import { readBracket } from './brackets.ts'
import { readTag } from './html.ts'
import { readMarker } from './marker.ts'
import { INLINE_HOLD_CHARS, type Reading, type Token, textToken } from './token.ts'

/** The first characters of anything that is not plain text. */
const CONSTRUCT_START = /[`[<\\\n【［]|~{3}|!\[|https?:\/\/|ftp:\/\/|slack:\/\/|www\./i

/** A citation looks at no more of the text before it. */
export const BEFORE_CHARS = 300

/** A word that is held back because an address may begin in it: at most 40 characters. */
const HELD_WORD = /\S{1,40}$/

/** The tokens of a complete text without blocks, such as a link's label or a line outside a fenced block. */
export function inlineTokens(text: string): Token[] {
  const tokens: Token[] = []
  for (let rest = text; rest !== ''; ) {
    const token = readInline(rest, true, text.slice(0, text.length - rest.length))
    if (token === undefined) break
    tokens.push(token)
    rest = rest.slice(token.raw.length)
  }
  return tokens
}

/**
 * The token at the start of `rest`; undefined while more text may change it. `final`: `rest` is the end. `before`
 * is the text before it, or its last BEFORE_CHARS.
 */
export function readInline(rest: string, final: boolean, before: string): Token | undefined {
  const at = rest.search(CONSTRUCT_START)
  if (at === 0) {
    const token = readConstruct(rest, final, before)
    return token === 'hold' ? undefined : token
  }
  const length = at > 0 ? at : final ? rest.length : rest.length - heldTailLength(rest)
  return length > 0 ? textToken(rest.slice(0, length)) : undefined
}

/** Reads the construct at the start of `rest`. If it turns out to be none, its first character is text. */
function readConstruct(rest: string, final: boolean, before: string): Reading {
  const unclosed = (): Reading =>
    final || rest.includes('\n') || rest.length > INLINE_HOLD_CHARS ? plain(1) : 'hold'
  const plain = (length: number): Token => textToken(rest.slice(0, length))

  switch (rest[0]) {
    case '\n':
      return plain(1)
    case '\\': {
      if (rest.length === 1) return final ? plain(1) : 'hold'
      // A backslash escapes no `<`: Slack reads a control sequence even after one.
      return /^\\[[\]`\\]/.test(rest) ? plain(2) : plain(1)
    }
    case '~':
      return plain(3)
    case '`': {
      const run = /^`+/.exec(rest)?.[0] ?? '`'
      const length = codeLength(rest, run.length)
      if (length !== undefined && (length < rest.length || final))
        return { kind: 'code', raw: rest.slice(0, length) }
      return length !== undefined || unclosed() === 'hold' ? 'hold' : plain(run.length)
    }
    case '<': {
      // An arrow or a comparison. The next character goes with it, because a lone `<` is written escaped.
      if (/^<[\s\d=-]/.test(rest)) return plain(2)
      const tag = readTag(rest, final, before)
      if (tag !== undefined) return tag
      const inner = /^<([^<>\n]*)>/.exec(rest.slice(0, INLINE_HOLD_CHARS))?.[1]
      if (inner !== undefined) return { kind: 'angle', raw: `<${inner}>`, inner }
      return /^<[^>\n]*</.test(rest) ? plain(1) : unclosed()
    }
    case '!':
    case '[':
      return readBracket(rest, final, before) ?? unclosed()
    case '【':
    case '［':
      return readMarker(rest, final, before) ?? (/[】］]/.test(rest) ? plain(1) : unclosed())
    default:
      return readBareAddress(rest, final)
  }
}

/** The length of code that opens with `run` backticks: the next run of as many on the same line closes it. */
function codeLength(rest: string, run: number): number | undefined {
  const line = /^[^\n]*/.exec(rest.slice(0, INLINE_HOLD_CHARS))?.[0] ?? ''
  const closing = [...line.slice(run).matchAll(/`+/g)].find(([backticks]) => backticks.length === run)
  return closing && run + closing.index + run
}

/**
 * The number of characters at the end of `text` that could begin an address, an image, a fence delimiter or a
 * surrogate pair. The whole word around the start of an address counts, so that nobody is shown half a word.
 */
function heldTailLength(text: string): number {
  const addressStart = addressStartLength(text)
  if (addressStart > 0) return HELD_WORD.exec(text)?.[0].length ?? addressStart
  return /(?:[\uD800-\uDBFF!]|~{1,2})$/.exec(text)?.[0].length ?? 0
}
