import * as v from 'valibot'
import * as written from '../../assistant.config.ts'
import { Assistant } from '../../backend/assistant.ts'
import { UserError } from './user-error.ts'

/** assistant.config.ts as a whole: what everything here is made from. */
export type Sections = Assistant

export type Base = Sections['knowledge']['bases'][number]
export type NewBase = Exclude<Base, { source: 'existing' }>

/**
 * Reads it by its schema, as the functions do when they start: what they would refuse is refused before it is deployed.
 * Throws UserError, once, which names everything that is wrong.
 */
export function readSections(): Sections {
  const read = v.safeParse(Assistant, { ...written })
  if (read.success) return read.output
  const errors = read.issues.map((issue) => `${v.getDotPath(issue) ?? 'the file'}: ${issue.message}`)
  throw new UserError(`assistant.config.ts is not valid. Change these settings: ${errors.join('; ')}.`)
}
