/**
 * Cuts what goes to Bedrock at a length in characters: neither half a character nor half of a pair of surrogates
 * is left at the border. Bedrock refuses a request that holds half a pair ("unexpected end of hex escape").
 */

const GRAPHEMES = new Intl.Segmenter()

/** Nobody writes longer graphemes on purpose. One that is longer is cut between its code points. */
const LONGEST_GRAPHEME_CHARS = 64

/** The first `limit` characters of `text` at most, well-formed. */
export function beginningOf(text: string, limit: number): string {
  const whole = text.toWellFormed()
  return whole.length <= limit ? whole : whole.slice(0, borderAround(whole, limit).before)
}

/** The last `limit` characters of `text` at most, well-formed. */
export function endOf(text: string, limit: number): string {
  const whole = text.toWellFormed()
  return whole.length <= limit ? whole : whole.slice(borderAround(whole, whole.length - limit).behind)
}

/** The nearest borders of characters around `at`: both are `at` if it is one itself. */
function borderAround(text: string, at: number): { before: number; behind: number } {
  const { index, segment } = GRAPHEMES.segment(text).containing(at) ?? { index: at, segment: '' }
  if (index === at) return { before: at, behind: at }
  if (segment.length <= LONGEST_GRAPHEME_CHARS) return { before: index, behind: index + segment.length }
  const isInsidePair = /^[\uDC00-\uDFFF]/.test(text.slice(at, at + 1))
  return isInsidePair ? { before: at - 1, behind: at + 1 } : { before: at, behind: at }
}
