import { afterLine, type Blocks, isBareStart, isInside, isPlain, NO_BLOCKS } from './blocks.ts'
import { closingLine, type Fence } from './fence.ts'
import { HOLD_LIMIT_CHARS, readInline, type Token, withoutHalf } from './inline.ts'

/** Where a token is written. */
export interface Spot {
  /** What is written on the line so far. */
  line: string
  /** What is open after the lines before. */
  blocks: Blocks
}

export interface Rewriter {
  /** What is written for a part of the text. */
  push(delta: string): string
  /** For what is left, as it stands. */
  end(): string
  /** What is written on the last line. */
  line(): string
  /** The fenced block that is open. */
  openFence(): Fence | undefined
}

/** As much of a line as tells a control sequence of Slack's from what looks like one. */
const CONTROL_CHARS = 12

/**
 * Cuts streamed Markdown into tokens, and writes each as `write` has it. What could still become something else is held
 * back: an open bracket until its line ends, half an address, half of a character. However the text is cut into
 * deltas, the tokens are the same but for where plain text is cut. Which blocks are open is told by what is written,
 * not by what was read: it is what Slack gets to see.
 */
export function createRewriter(write: (token: Token, spot: Spot) => string): Rewriter {
  let rest = ''
  let blocks = NO_BLOCKS
  /** What is written on the line so far. */
  let line = ''

  function scan(final: boolean): string {
    let written = ''
    while (rest !== '') {
      written += ending(final)
      const token = nextToken(final)
      if (token === undefined) break
      rest = rest.slice(token.raw.length)
      const piece = write(token, { line, blocks })
      written += piece
      line += piece
      if (line.endsWith('\n')) {
        blocks = afterLine(blocks, line)
        line = ''
      }
    }
    return written
  }

  const wholeLine = (): string | undefined => /^[^\n]*\n/.exec(rest)?.[0]

  /**
   * What ends a fenced block that ends with its list item or quotation, without a delimiter: in the next message there
   * may be no list around it. A line is decided as a whole.
   */
  function ending(final: boolean): string {
    const { fence, ...open } = blocks
    if (!fence || line !== '') return ''
    const whole = wholeLine() ?? (final || rest.length > HOLD_LIMIT_CHARS ? rest : undefined)
    if (whole === undefined || isInside(blocks, whole)) return ''
    blocks = open
    return closingLine(fence)
  }

  function nextToken(final: boolean): Token | undefined {
    if (!blocks.fence) return outside(final)
    const whole = wholeLine()
    if (line === '' && whole === undefined && !final && rest.length <= HOLD_LIMIT_CHARS) return undefined
    const raw = whole ?? (final ? rest : withoutHalf(withoutControl(rest)))
    return raw === '' ? undefined : { kind: 'fenced', raw }
  }

  function outside(final: boolean): Token | undefined {
    if (!isBareStart(line)) return readInline(rest, final)
    const [delimiter, space = '', mark = '', end] = /^([ \t]*)(`{3,}|~{3,})[^\n]*(\n|$)/.exec(rest) ?? []
    const isWhole = end === '\n' || final || rest.length > HOLD_LIMIT_CHARS
    if (delimiter !== undefined && isWhole) {
      const after = afterLine(blocks, line + delimiter)
      if (after.fence && isPlain(after) && delimiter.length <= HOLD_LIMIT_CHARS)
        return { kind: 'fenced', raw: delimiter }
      if (mark.startsWith('~'))
        return space === '' ? { kind: 'delimiter', raw: mark } : { kind: 'text', raw: space }
    }
    const mayBecomeFence = delimiter !== undefined ? !isWhole : /^[ \t]*(`{1,2}|~{1,2})?$/.test(rest)
    return mayBecomeFence && !final && rest.length <= HOLD_LIMIT_CHARS ? undefined : readInline(rest, final)
  }

  return {
    push(delta) {
      rest += delta
      return scan(false)
    },
    end: () => scan(true),
    line: () => line,
    openFence: () => (line === '' ? blocks : afterLine(blocks, line)).fence,
  }
}

/** Without what may be the beginning of a control sequence at its end. */
function withoutControl(line: string): string {
  const at = line.lastIndexOf('<')
  return at >= 0 && line.length - at < CONTROL_CHARS ? line.slice(0, at) : line
}
