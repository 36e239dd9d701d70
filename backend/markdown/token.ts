/** A piece of Markdown that no later text can change. Joining every `raw` gives the text back. */
export type Token =
  | { kind: 'text'; raw: string }
  /** Inline code with its delimiters. `text`: what HTML's `<code>` holds. */
  | { kind: 'code'; raw: string; text?: string }
  /** An HTML tag, and what is written for it. */
  | { kind: 'tag'; raw: string; written: 'nothing' | 'space' | 'break' | 'paragraph' | 'item' }
  /** An HTML tag that Markdown has a mark for. `ownLine`: a heading. */
  | { kind: 'style'; raw: string; mark: string; closes: boolean; ownLine: boolean }
  /** The opening tag of thoughts. */
  | { kind: 'thought'; raw: string; name: string }
  /** A line of a fenced block or its delimiter line, or a part of one that is too long to wait for. */
  | { kind: 'fenced'; raw: string }
  /** Tildes that look like a fence delimiter in a place where we allow no fenced block. */
  | { kind: 'delimiter'; raw: string }
  /** `[2]`, `[1, 3]` or several of them, outside code and words. */
  | { kind: 'marker'; raw: string; numbers: number[]; place: MarkerPlace }
  /** `[label](url)` or `![label](url)`. */
  | { kind: 'link'; raw: string; label: string; url: string }
  /** `<…>`: a control sequence of Slack, an automatic link or HTML. */
  | { kind: 'angle'; raw: string; inner: string }
  /** A bare address. `apart`: white space or the end of the text follows it. */
  | { kind: 'url'; raw: string; apart: boolean }

/** `end`: nothing but punctuation follows a marker. */
export type MarkerPlace = 'inside' | 'clause end' | 'sentence end' | 'end'

/** `hold` means that more text may still change the token. */
export type Reading = Token | 'hold'

/**
 * The longest construct of a line that we wait for. An opening that is not closed within so many characters
 * is plain text. Longer than any address or label in practice; a model writes it in about 8 s.
 */
export const INLINE_HOLD_CHARS = 2_000

export function textToken(raw: string): Token {
  return { kind: 'text', raw }
}

/** Drops a high surrogate at the end of `text`: its low surrogate comes with the next delta. */
export function withoutHalfCharacter(text: string): string {
  return /[\uD800-\uDBFF]$/.test(text) ? text.slice(0, -1) : text
}
