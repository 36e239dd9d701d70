import { hrefOf } from '../markdown/address.ts'
import { isBareStart } from '../markdown/blocks.ts'
import { closingLine } from '../markdown/fence.ts'
import type { Token } from '../markdown/inline.ts'
import { createRewriter, type Spot } from '../markdown/rewriter.ts'
import { type Allowed, toSafeMarkdown } from '../markdown/safe.ts'
import { createCellGuard, joined, keptApart } from '../markdown/separate.ts'
import type { NumberedPassage } from '../prompt/passage.ts'
import { NOT_FOUND_MARKER } from '../prompt/passage.ts'

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
  const cells = createCellGuard()
  const rewriter = createRewriter(write)
  let notFound = false
  let heldSpace = ''
  let vanished = false
  let wasText = false
  let anything = false
  let endsLine = true

  function write(token: Token, spot: Spot): string {
    const line = spot.line + heldSpace
    const safe = token.kind === 'marker' ? links(token.numbers) : toSafeMarkdown(token, allowed)
    const apart = vanished || !wasText || token.kind !== 'text' ? keptApart(line, safe) : safe
    const piece = cells.guarded(token, joined(line, token, apart), { ...spot, line }).toWellFormed()
    wasText = token.kind === 'text'
    if (piece === '') {
      vanished = true
      return ''
    }
    const closesUp =
      vanished &&
      !isBareStart(line) &&
      (/^\s/.test(piece) || (/^[.,;:!?)]/.test(piece) && !ENDS_WITH_ADDRESS.test(spot.line)))
    const spaced = closesUp ? piece : heldSpace + piece
    vanished = false
    heldSpace = token.kind === 'text' && !isBareStart(line + piece) ? (/[ \t]+$/.exec(spaced)?.[0] ?? '') : ''
    const shown = spaced.slice(0, spaced.length - heldSpace.length)
    const written = anything ? shown : shown.replace(/^[ \t\n]+/, '')
    anything ||= written !== ''
    if (written !== '') endsLine = written.endsWith('\n')
    return written
  }

  function links(numbers: readonly number[]): string {
    if (numbers.includes(NOT_FOUND_MARKER)) notFound = true
    return numbers
      .flatMap((number) => byNumber.get(number) ?? [])
      .map((passage) => {
        cited.add(passage)
        const href = passage.url === undefined ? undefined : hrefOf(passage.url)
        return href === undefined ? `[${passage.number}]` : `[${passage.number}](${href})`
      })
      .join(' ')
  }

  return {
    push: (delta) => rewriter.push(delta.replace(NEVER_WRITTEN, '')),
    end() {
      const last = rewriter.end() + cells.rowBreak(rewriter.line())
      const fence = rewriter.openFence()
      return fence === undefined ? last : `${last}${endsLine ? '' : '\n'}${closingLine(fence)}`
    },
    cited: () => [...cited].sort((a, b) => a.number - b.number),
    notFound: () => notFound && cited.size === 0,
  }
}

/** What follows an address without a space could become a part of it. */
const ENDS_WITH_ADDRESS = /(?:https?:\/\/|www\.)\S*$/i

/** Markdown takes a carriage return for the end of a line, and a byte order mark at the start for nothing. */
const NEVER_WRITTEN = /[\r\uFEFF]/g
