/**
 * Longest text in a handoff, in UTF-16 code units. A queue message holds 128 KB, and JSON can need an escape
 * of six bytes for one code unit.
 */
export const TEXT_LIMIT_CHARS = 16_000

/** The beginning of a text. Never ends in half a character. */
export function truncate(text: string): string {
  return text.slice(0, TEXT_LIMIT_CHARS).toWellFormed()
}
