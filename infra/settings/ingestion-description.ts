import { fingerprint } from './fingerprint.ts'
import type { NewBase } from './sections.ts'

/**
 * What a job that reads a source is described with, whoever starts it: the schedule or a deployment. A source is changed in
 * place when its site or its folder changes, and nothing else would say that what was read is of another one.
 */
export function ingestionDescriptionOf(base: NewBase): string {
  return `Source ${fingerprint(base)}`
}
