import type { Argument, Method } from './methods.ts'
import { Refusal, refuseFor } from './refusal.ts'

/** The arguments of a call, with the types that the table gives them. */
export type Args = Record<string, unknown>

/** Arguments whose type the table leaves open. In a form they are JSON, as each one's reference page says. */
const STRUCTURED: Readonly<Record<string, 'array' | 'object'>> = {
  attachments: 'array',
  blocks: 'array',
  chunks: 'array',
  file_ids: 'array',
  files: 'array',
  loading_messages: 'array',
  metadata: 'object',
  prompts: 'array',
  unfurled_attachments: 'object',
  view: 'object',
}

/**
 * Slack's error if one of these is not JSON of the right kind. For any other argument it is
 * `invalid_arguments`.
 */
const MALFORMED: Readonly<Record<string, string>> = {
  attachments: 'invalid_attachments',
  blocks: 'invalid_blocks_format',
  chunks: 'invalid_chunks',
  metadata: 'invalid_metadata_format',
}

/**
 * Checks that arguments are present and have the right types. A missing argument is `invalid_arguments`. An
 * empty one counts as present, and each method refuses it with its own error (measured in
 * brekkylab/backlot#84). `typed` means that the values come from JSON.
 */
export function checkArguments(method: Method, asked: Args, typed: boolean): Args {
  const given = Object.fromEntries(
    Object.entries(asked).filter(([, value]) => value !== null && value !== undefined),
  )
  const missing = Object.entries(method.args).filter(
    ([name, { required }]) => required === true && !(name in given),
  )
  const faults = missing.map(([name]) => `missing required field: ${name}`)
  const args: Args = {}
  for (const [name, argument] of Object.entries(method.args)) {
    if (!(name in given)) continue
    const read = readValue(argument, STRUCTURED[name], given[name], typed)
    if ('value' in read) args[name] = read.value
    else if (name in MALFORMED)
      throw refuseFor(MALFORMED[name] ?? '', [`${read.fault} [json-pointer:/${name}]`])
    else if (argument.enum && method.errors.includes(`invalid_${name}`)) throw new Refusal(`invalid_${name}`)
    else faults.push(`${read.fault} [json-pointer:/${name}]`)
  }
  if (faults.length > 0) throw refuseFor('invalid_arguments', faults)
  return args
}

/** Arguments that the method does not have. Slack ignores them. */
export const unknownArguments = (method: Method, asked: Args) =>
  Object.keys(asked).filter((name) => !(name in method.args))

/** Parses the JSON in form fields, so that the record of calls is readable. */
export function readable(asked: Args): Args {
  const show = ([name, value]: [string, unknown]) => [
    name,
    name in STRUCTURED ? (parse(value) ?? value) : value,
  ]
  return Object.fromEntries(Object.entries(asked).map(show))
}

/** A string argument, or undefined if it was not given. */
export const stringOf = (args: Args, name: string): string | undefined =>
  typeof args[name] === 'string' ? args[name] : undefined

type ReadResult = { value: unknown } | { fault: string }

function readValue(
  argument: Argument,
  structure: 'array' | 'object' | undefined,
  value: unknown,
  typed: boolean,
): ReadResult {
  if (structure ?? argument.type === 'array') return readStructure(structure ?? 'array', value)
  if (argument.enum)
    return argument.enum.some((known) => known === value)
      ? { value }
      : { fault: `must be one of ${argument.enum.join(', ')}` }
  if (argument.type === 'boolean') return readBoolean(value)
  if (argument.type === 'number' || argument.type === 'integer') {
    const number = typed ? value : Number(value === '' ? Number.NaN : value)
    return Number.isSafeInteger(number) ? { value: number } : { fault: 'must be an integer' }
  }
  return typeof value === 'string' ? { value } : { fault: 'must be a string' }
}

function readStructure(kind: 'array' | 'object', value: unknown): ReadResult {
  const read = parse(value)
  if (kind === 'array') return Array.isArray(read) ? { value: read } : { fault: 'must be an array' }
  return typeof read === 'object' && read !== null && !Array.isArray(read)
    ? { value: read }
    : { fault: 'must be an object' }
}

function readBoolean(value: unknown): ReadResult {
  if (value === true || value === 'true' || value === '1' || value === 1) return { value: true }
  if (value === false || value === 'false' || value === '0' || value === 0) return { value: false }
  return { fault: 'must be a boolean' }
}

function parse(value: unknown): unknown {
  if (typeof value !== 'string') return value
  try {
    return JSON.parse(value)
  } catch {
    return undefined
  }
}
