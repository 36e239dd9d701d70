import { type Blocks, blocksAfter, canHoldFence, isInside, NO_BLOCKS } from './blocks.ts'
import { isBareStart } from './containers.ts'
import { closingLine, type Fence } from './fence.ts'
import { BEFORE_CHARS, readInline } from './inline.ts'
import { INLINE_HOLD_CHARS, type Token, textToken, withoutHalfCharacter } from './token.ts'

/** The place in the output where a token is written. */
export interface TokenPosition {
  /** The current line of the output so far. */
  line: string
  /** The blocks that are open after the lines before it. */
  blocks: Blocks
}

export interface Rewriter {
  /** Takes the next part of the text and returns what can be written now. */
  transform(delta: string): string
  /** Returns what is left, read as if the text ended here. */
  flush(): string
  /** The current line of the output so far. */
  currentLine(): string
  /** The fenced block that is open at the end of the output. */
  openFence(): Fence | undefined
}

/** Enough to tell a control sequence of Slack from text that looks like one: `<!everyone` has 10. */
const CONTROL_CHARS = 12

/** The longest thoughts that may begin in the middle of a line. */
const THOUGHT_HOLD_CHARS = 8_000

/** Enough to tell the closing tag of thoughts: `</chain_of_thought>` has 26. */
const CLOSING_TAG_CHARS = 60

/**
 * Cuts streamed Markdown into tokens and writes what `write` makes of each. Text that could still become
 * something else is held back: an open bracket until its line ends, half an address, half a character.
 * However the text is cut into deltas, the tokens are the same, except for the borders between plain text.
 * Open blocks are tracked in the output, not in the input, because the output is what Slack parses.
 */
export function createRewriter(write: (token: Token, position: TokenPosition) => string): Rewriter {
  let rest = ''
  /** The end of what was read. */
  let before = ''
  /** The name of the tag that holds the thoughts that are being read. */
  let thought: string | undefined
  let blocks = NO_BLOCKS
  let line = ''

  function scan(final: boolean): string {
    let written = ''
    while (rest !== '') {
      dropThought(final)
      if (thought !== undefined || rest === '') break
      written += closeFenceWithContainer(final)
      const token = nextToken(final)
      if (token === undefined) break
      // In the middle of a line it may be a word about the tag, and the rest would be lost with it.
      const isOpen = token.kind === 'thought' && !isBareStart(line) && !closingTag(token.name).test(rest)
      if (isOpen && !final && rest.length <= THOUGHT_HOLD_CHARS) break
      rest = rest.slice(token.raw.length)
      before = (before + token.raw).slice(-BEFORE_CHARS)
      if (token.kind === 'thought' && !isOpen) {
        thought = token.name
        continue
      }
      const piece = write(token, { line, blocks })
      written += piece
      for (const part of piece.split(/(?<=\n)/)) {
        line += part
        if (!line.endsWith('\n')) continue
        blocks = blocksAfter(blocks, line)
        line = ''
      }
    }
    return written
  }

  /** Drops thoughts up to the tag that closes them, with the white space behind it. */
  function dropThought(final: boolean): void {
    if (thought === undefined) return
    const closing = closingTag(thought).exec(rest)
    if (closing === null) {
      rest = final ? '' : rest.slice(-CLOSING_TAG_CHARS)
    } else if (closing.index + closing[0].length < rest.length || final) {
      rest = rest.slice(closing.index + closing[0].length)
      thought = undefined
    } else rest = rest.slice(closing.index)
  }

  const wholeLine = (): string | undefined => /^[^\n]*\n/.exec(rest)?.[0]

  /**
   * The closing line of a fenced block that ends without one, together with its list item or quotation. The
   * next message may have no list around the block. Decided for whole lines only.
   */
  function closeFenceWithContainer(final: boolean): string {
    const { fence, ...open } = blocks
    if (!fence || line !== '') return ''
    const whole = wholeLine() ?? (final || rest.length > INLINE_HOLD_CHARS ? rest : undefined)
    if (whole === undefined || isInside(blocks, whole)) return ''
    blocks = open
    return closingLine(fence)
  }

  function nextToken(final: boolean): Token | undefined {
    if (!blocks.fence) return readOutsideFence(final)
    const whole = wholeLine()
    if (line === '' && whole === undefined && !final && rest.length <= INLINE_HOLD_CHARS) return undefined
    const raw = whole ?? (final ? rest : withoutHalfCharacter(withoutHalfControl(rest)))
    return raw === '' ? undefined : { kind: 'fenced', raw }
  }

  function readOutsideFence(final: boolean): Token | undefined {
    if (!isBareStart(line)) return readInline(rest, final, before)
    const [delimiter, space = '', mark = '', end] = /^([ \t]*)(`{3,}|~{3,})[^\n]*(\n|$)/.exec(rest) ?? []
    const isWhole = end === '\n' || final || rest.length > INLINE_HOLD_CHARS
    if (delimiter !== undefined && isWhole) {
      const after = blocksAfter(blocks, line + delimiter)
      if (after.fence && canHoldFence(after) && delimiter.length <= INLINE_HOLD_CHARS)
        return { kind: 'fenced', raw: delimiter }
      if (mark.startsWith('~')) return space === '' ? { kind: 'delimiter', raw: mark } : textToken(space)
    }
    const mayBecomeFence = delimiter !== undefined ? !isWhole : /^[ \t]*(`{1,2}|~{1,2})?$/.test(rest)
    return mayBecomeFence && !final && rest.length <= INLINE_HOLD_CHARS
      ? undefined
      : readInline(rest, final, before)
  }

  return {
    transform(delta) {
      rest += delta
      return scan(false)
    },
    flush: () => scan(true),
    currentLine: () => line,
    openFence: () => (line === '' ? blocks : blocksAfter(blocks, line)).fence,
  }
}

/** The tag that closes thoughts, with the white space behind it. */
function closingTag(name: string): RegExp {
  return new RegExp(`</${name.replaceAll('.', '\\.')}\\s*>\\s*`, 'i')
}

/** Drops what may be the first characters of a control sequence at the end of `line`. */
function withoutHalfControl(line: string): string {
  const at = line.lastIndexOf('<')
  return at >= 0 && line.length - at < CONTROL_CHARS ? line.slice(0, at) : line
}
