import { closingLine } from './markdown-fence.ts'
import { createTokenizer, type Token } from './markdown-tokens.ts'
import type { NumberedPassage } from './passage.ts'
import { type Allowed, toSafeMarkdown } from './safe-markdown.ts'

/** What the model is told to end with where nothing that it was given answers the question. */
export const NOT_FOUND_MARKER = 0

export interface Citations {
  /** The part of the answer that can be shown now. */
  push(delta: string): string
  /** The rest; closes a fenced block that the model left open. */
  end(): string
  /** The passages cited so far, in the order of their numbers. */
  cited(): NumberedPassage[]
  /** Whether the model said that it found nothing. */
  notFound(): boolean
}

/**
 * Turns the model's streamed text into what may be shown: `[n]` that names a passage becomes a link to it, any other
 * number vanishes with the space before it, and the rest passes toSafeMarkdown. Code is left alone.
 */
export function createCitations(passages: readonly NumberedPassage[], allowed: Allowed): Citations {
  const byNumber = new Map(passages.map((passage) => [passage.number, passage]))
  const cited = new Set<NumberedPassage>()
  const tokenizer = createTokenizer()
  let notFound = false
  let heldSpace = ''
  let vanished = false
  let anything = false
  /** A backslash stands right before what comes. */
  let escapes = false
  let endsLine = true

  function show(tokens: Token[]): string {
    let shown = ''
    for (const token of tokens) {
      const piece = token.kind === 'marker' ? links(token.numbers) : toSafeMarkdown(token, allowed)
      if (piece === '') {
        vanished = true
        continue
      }
      const apart = wrapped(token, piece) && escapes ? `${NOTHING}${piece}` : piece
      const spaced = vanished && /^[\s.,;:!?)]/.test(apart) ? apart : heldSpace + apart
      vanished = false
      heldSpace = token.kind === 'text' ? (/[ \t]+$/.exec(spaced)?.[0] ?? '') : ''
      shown += spaced.slice(0, spaced.length - heldSpace.length)
      escapes = token.kind === 'text' && token.raw === '\\'
    }
    const wellFormed = (anything ? shown : shown.trimStart()).toWellFormed()
    if (wellFormed !== '') {
      anything = true
      endsLine = wellFormed.endsWith('\n')
    }
    return wellFormed
  }

  function links(numbers: readonly number[]): string {
    if (numbers.includes(NOT_FOUND_MARKER)) notFound = true
    return numbers
      .flatMap((number) => byNumber.get(number) ?? [])
      .map((passage) => {
        cited.add(passage)
        return passage.url === undefined ? `[${passage.number}]` : `[${passage.number}](${passage.url})`
      })
      .join(' ')
  }

  return {
    push: (delta) => show(tokenizer.push(delta)),
    end() {
      const last = show(tokenizer.end())
      const fence = tokenizer.openFence()
      return fence === undefined ? last : `${last}${endsLine ? '' : '\n'}${closingLine(fence)}`
    },
    cited: () => [...cited].sort((a, b) => a.number - b.number),
    notFound: () => notFound && cited.size === 0,
  }
}

/** Set between a backslash and what it would escape: a space that takes no room. */
const NOTHING = '\u200b'

/** Whether a token that was no code is shown as code. */
function wrapped({ kind }: Token, piece: string): boolean {
  return kind !== 'code' && piece.startsWith('`')
}
