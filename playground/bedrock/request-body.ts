import * as v from 'valibot'
import { invalid, Refusal, refusal } from './refusal.ts'

export function parseJson(body: Buffer): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8') || '{}', refuseHalfCharacter)
    if (isObject(parsed)) return parsed
  } catch (error) {
    if (error instanceof Refusal) throw error
  }
  throw refusal('SerializationException', 'The request body is not a JSON object.')
}

/** JSON.stringify writes a lone surrogate as an escape, and Bedrock expects the escape of its other half. */
function refuseHalfCharacter(_key: string, value: unknown): unknown {
  if (typeof value === 'string' && !value.isWellFormed())
    throw refusal('SerializationException', 'unexpected end of hex escape')
  return value
}

/**
 * Reads a body with its operation's schema. Reports members that the schema does not have to `stray`: Bedrock
 * ignores unknown members, so that a misspelt option has no effect and no error.
 * Throws a Refusal: SerializationException for a wrong JSON type, ValidationException for a value out of its
 * limits.
 */
export function readBody<const S extends v.GenericSchema>(
  schema: S,
  body: unknown,
  stray: (path: string) => void,
): v.InferOutput<S> {
  const read = v.safeParse(schema, body)
  if (!read.success) throw fromIssue(read.issues[0])
  for (const path of strayMembers(body, read.output)) stray(path)
  return read.output
}

function fromIssue(issue: v.BaseIssue<unknown>) {
  const path = v.getDotPath(issue) ?? ''
  const rule = (constraint: string, value = '') =>
    invalid(
      `1 validation error detected: Value${value} at '${path}' failed to satisfy constraint: ${constraint}`,
    )
  if (issue.kind === 'schema' && issue.input === undefined) return rule('Member must not be null')
  if (issue.type === 'picklist')
    return rule(
      `Member must satisfy enum value set: [${issue.expected?.replace(/[()"]/g, '').replaceAll(' | ', ', ')}]`,
      ` '${issue.input}'`,
    )
  if (issue.kind === 'schema')
    return refusal(
      'SerializationException',
      `${path}: expected ${issue.expected}, received ${issue.received}`,
    )
  return rule(
    issue.message,
    typeof issue.input === 'object' || String(issue.input).length > 100 ? '' : ` '${issue.input}'`,
  )
}

function strayMembers(sent: unknown, read: unknown, path = ''): string[] {
  if (Array.isArray(sent) && Array.isArray(read))
    return sent.flatMap((item, i) => strayMembers(item, read[i], `${path}.${i}`))
  if (!isObject(sent) || !isObject(read)) return []
  return Object.keys(sent).flatMap((key) =>
    key in read ? strayMembers(sent[key], read[key], `${path}.${key}`) : [`${path}.${key}`.slice(1)],
  )
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
