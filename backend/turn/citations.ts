import { hrefOf } from '../markdown/address.ts'
import type { AllowList } from '../markdown/safe.ts'
import { createSanitizer, type Sanitizer } from '../markdown/sanitizer.ts'
import type { MarkerPlace } from '../markdown/token.ts'
import { NOT_FOUND_MARKER, type NumberedPassage } from '../prompt/passage.ts'

/** A higher number without a passage is a status or a year, not a citation: nobody shows a model so many. */
const HIGHEST_CITATION = 99

export interface Citations extends Sanitizer {
  /** The passages that the answer cites so far, in the order of their numbers. */
  cited(): NumberedPassage[]
  /** True if the model said that it found nothing, and cited nothing. */
  notFound(): boolean
}

/**
 * Turns the model's streamed text into safe Markdown with citations: `[n]` becomes a link to passage n. A
 * number that names no passage vanishes at the end of a sentence, or beside one that does, and is ordinary text
 * elsewhere. Code is left alone.
 */
export function createCitations(passages: readonly NumberedPassage[], allowed: AllowList): Citations {
  const byNumber = new Map(passages.map((passage) => [passage.number, passage]))
  const cited = new Set<NumberedPassage>()
  let notFound = false

  function linksTo(numbers: readonly number[], place: MarkerPlace): string | undefined {
    if (place === 'end' && numbers.includes(NOT_FOUND_MARKER)) notFound = true
    const named = [...new Set(numbers)].flatMap((number) => byNumber.get(number) ?? [])
    // Without passages the model repeats numbers of earlier answers in the thread.
    const isAtEnd = place !== 'inside' && (place !== 'clause end' || passages.length === 0)
    const mayBeCitation = isAtEnd && numbers.every((number) => number <= HIGHEST_CITATION)
    if (named.length === 0) return mayBeCitation ? '' : undefined
    return named
      .map((passage) => {
        cited.add(passage)
        const href = passage.url === undefined ? undefined : hrefOf(passage.url)
        return href === undefined ? `[${passage.number}]` : `[${passage.number}](${href})`
      })
      .join(' ')
  }

  return {
    ...createSanitizer(allowed, linksTo),
    cited: () => [...cited].sort((a, b) => a.number - b.number),
    notFound: () => notFound && cited.size === 0,
  }
}
