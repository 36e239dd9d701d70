import { fingerprint } from './fingerprint.ts'
import type { NewBase } from './sections.ts'

/**
 * The description of ingestion jobs for a source. Both the schedule and a deployment set it. CloudFormation
 * changes a source in place if its site or folder changes, so only this description tells whether the current
 * source was ingested.
 */
export function ingestionDescriptionOf(base: NewBase): string {
  return `Source ${fingerprint(base)}`
}
