import { createHash } from 'node:crypto'

/**
 * Twelve hexadecimal digits that change whenever `value` changes. For names and descriptions of resources
 * that AWS replaces instead of changing.
 */
export function fingerprint(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 12)
}
