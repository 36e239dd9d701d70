/** A piece of Markdown that is whole: nothing that follows can change what it is. `raw` joined gives the text back. */
export type Token =
  | { kind: 'text'; raw: string }
  /** Inline code, delimiters included. */
  | { kind: 'code'; raw: string }
  /** One line of a fenced block or a part of it, the delimiters' lines included. */
  | { kind: 'fenced'; raw: string }
  /** A delimiter where no fenced block may begin. */
  | { kind: 'delimiter'; raw: string }
  /** `[2]` or `[1, 3]` outside code. */
  | { kind: 'marker'; raw: string; numbers: number[] }
  /** `[label](url)`, also as an image. */
  | { kind: 'link'; raw: string; label: string; url: string }
  /** `<…>`: Slack's control sequences, automatic links, HTML. */
  | { kind: 'angle'; raw: string; inner: string }
  /** An address standing by itself. `apart`: white space follows, or nothing. */
  | { kind: 'url'; raw: string; apart: boolean }

/** Beginnings of what Slack makes a link of by itself. */
export const LINK_STARTS = ['https://', 'http://', 'ftp://', 'slack://', 'www.']

/** Where something other than plain text may begin. */
const SPECIAL = /[`[<\\\n]|~{3}|!\[|https?:\/\/|ftp:\/\/|slack:\/\/|www\./i

/** A construct that is not closed within so many characters of its line is taken for plain text. */
export const HOLD_LIMIT_CHARS = 2_000

/** The tokens of a text that is whole and holds no blocks: a label, or a line outside a fenced block. */
export function inlineTokens(text: string): Token[] {
  const tokens: Token[] = []
  for (let rest = text; rest !== ''; ) {
    const token = readInline(rest, true)
    if (token === undefined) break
    tokens.push(token)
    rest = rest.slice(token.raw.length)
  }
  return tokens
}

/** The token at the start of `rest`; undefined while it could still become something else. `final`: nothing follows. */
export function readInline(rest: string, final: boolean): Token | undefined {
  const at = rest.search(SPECIAL)
  if (at === 0) {
    const special = read(rest, final)
    return special === 'hold' ? undefined : special
  }
  const length = at > 0 ? at : final ? rest.length : rest.length - heldTail(rest)
  return length > 0 ? { kind: 'text', raw: rest.slice(0, length) } : undefined
}

/** Reads the one construct at the start of `rest`; where it is none after all, its first character as text. */
function read(rest: string, final: boolean): Token | 'hold' {
  const open = (): Token | 'hold' =>
    final || rest.includes('\n') || rest.length > HOLD_LIMIT_CHARS ? plain(1) : 'hold'
  const plain = (length: number): Token => ({ kind: 'text', raw: rest.slice(0, length) })

  switch (rest[0]) {
    case '\n':
      return plain(1)
    case '\\': {
      if (rest.length === 1) return final ? plain(1) : 'hold'
      // Not for `<`: Slack reads its control sequences whatever stands before them.
      return /^\\[[\]`\\]/.test(rest) ? plain(2) : plain(1)
    }
    case '~':
      return plain(3)
    case '`': {
      const run = /^`+/.exec(rest)?.[0] ?? '`'
      const length = codeLength(rest, run.length)
      if (length !== undefined && (length < rest.length || final))
        return { kind: 'code', raw: rest.slice(0, length) }
      return length !== undefined || open() === 'hold' ? 'hold' : plain(run.length)
    }
    case '<': {
      // An arrow or a comparison; with what follows, so that a lone `<` is never one of these.
      if (/^<[\s\d=-]/.test(rest)) return plain(2)
      const inner = /^<([^<>\n]*)>/.exec(rest.slice(0, HOLD_LIMIT_CHARS))?.[1]
      return inner === undefined
        ? /^<[^>\n]*</.test(rest)
          ? plain(1)
          : open()
        : { kind: 'angle', raw: `<${inner}>`, inner }
    }
    case '!':
    case '[':
      return readBracket(rest, final) ?? open()
    default: {
      const address = /^[^\s<>"`|\\^{}[\]]+/.exec(rest.slice(0, HOLD_LIMIT_CHARS))?.[0] ?? rest
      if (address.length === rest.length && !final && rest.length < HOLD_LIMIT_CHARS) return 'hold'
      const apart = /^(?:\s|$)/.test(rest.slice(address.length)) && address.length < HOLD_LIMIT_CHARS
      return { kind: 'url', raw: withoutTrailingPunctuation(withoutHalf(address)), apart }
    }
  }
}

/** The length of the code that begins with `run` backticks: it ends with the next run of as many on the same line. */
function codeLength(rest: string, run: number): number | undefined {
  const line = /^[^\n]*/.exec(rest.slice(0, HOLD_LIMIT_CHARS))?.[0] ?? ''
  const closing = [...line.slice(run).matchAll(/`+/g)].find(([backticks]) => backticks.length === run)
  return closing && run + closing.index + run
}

/** Without the first half of a character whose other half is not there. */
export function withoutHalf(text: string): string {
  return /[\uD800-\uDBFF]$/.test(text) ? text.slice(0, -1) : text
}

/** `[label](url)`, `![label](url)` or `[1]`. Undefined where the bracket is not closed yet, or not on this line. */
function readBracket(rest: string, final: boolean): Token | 'hold' | undefined {
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
  if (start === 0 && /^\s*\d{1,3}(?:\s*[,;]\s*\d{1,3})*\s*$/.test(label)) {
    return { kind: 'marker', raw: rest.slice(0, close + 1), numbers: label.split(/[,;]/).map(Number) }
  }
  return { kind: 'text', raw: rest.slice(0, start + 1) }
}

/** Where the bracket that opens at `start` closes, on the same line. */
function closingIndex(rest: string, start: number, open: string, close: string): number | undefined {
  let depth = 0
  for (let index = start; index < Math.min(rest.length, HOLD_LIMIT_CHARS); index++) {
    const character = rest[index]
    if (character === '\n') return undefined
    if (character === '\\') index++
    else if (character === open) depth++
    else if (character === close && --depth === 0) return index
  }
  return undefined
}

/** Punctuation after an address belongs to the sentence, and so does a bracket that the address did not open. */
function withoutTrailingPunctuation(address: string): string {
  let end = address.length
  while (end > 1) {
    const last = address[end - 1] ?? ''
    const unopened =
      last === ')' && address.slice(0, end).split(')').length > address.slice(0, end).split('(').length
    if (!unopened && !/[.,;:!?'*_~]/.test(last)) break
    end--
  }
  return address.slice(0, end)
}

/**
 * How many characters at the end could be the beginning of an address, an image, or of a character outside the BMP.
 * The word that an address may begin in is held as a whole, so that nobody is shown half of it.
 */
function heldTail(text: string): number {
  const lower = text.slice(-8).toLowerCase()
  for (let length = Math.min(lower.length, 7); length > 0; length--) {
    const tail = lower.slice(-length)
    if (LINK_STARTS.some((start) => start.startsWith(tail)))
      return /\S{1,40}$/.exec(text)?.[0].length ?? length
  }
  return /(?:[\uD800-\uDBFF!]|~{1,2})$/.exec(text)?.[0].length ?? 0
}
