import * as v from 'valibot'
import * as written from '../../assistant.config.ts'
import { Assistant } from '../../backend/assistant.ts'
import { UserError } from './user-error.ts'

/** All of assistant.config.ts. */
export type Sections = Assistant

export type Base = Sections['knowledge']['bases'][number]
export type NewBase = Exclude<Base, { source: 'existing' }>

/**
 * Checks assistant.config.ts by the schema that the functions use at their start, so that we never deploy
 * what they would refuse. Throws one UserError that names every problem.
 */
export function readSections(): Sections {
  const read = v.safeParse(Assistant, { ...written })
  if (read.success) return read.output
  const errors = read.issues.map((issue) => `${v.getDotPath(issue) ?? 'the file'}: ${issue.message}`)
  throw new UserError(`assistant.config.ts is not valid. Change these settings: ${errors.join('; ')}.`)
}
