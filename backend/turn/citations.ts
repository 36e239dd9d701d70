import { hrefOf } from '../markdown/address.ts'
import type { AllowList } from '../markdown/safe.ts'
import { createSanitizer, type Sanitizer } from '../markdown/sanitizer.ts'
import { NOT_FOUND_MARKER, type NumberedPassage } from '../prompt/passage.ts'

export interface Citations extends Sanitizer {
  /** The passages that the answer cites so far, in the order of their numbers. */
  cited(): NumberedPassage[]
  /** True if the model said that it found nothing, and cited nothing. */
  notFound(): boolean
}

/**
 * Turns the model's streamed text into safe Markdown with citations: `[n]` becomes a link to passage n. A
 * number that names no passage vanishes. Code is left alone.
 */
export function createCitations(passages: readonly NumberedPassage[], allowed: AllowList): Citations {
  const byNumber = new Map(passages.map((passage) => [passage.number, passage]))
  const cited = new Set<NumberedPassage>()
  let notFound = false

  function linksTo(numbers: readonly number[]): string {
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
    ...createSanitizer(allowed, linksTo),
    cited: () => [...cited].sort((a, b) => a.number - b.number),
    notFound: () => notFound && cited.size === 0,
  }
}
