import { createHash } from 'node:crypto'

/** Twelve hexadecimal digits that change whenever `value` does; for the names and descriptions of what is only ever made anew. */
export function fingerprint(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 12)
}
