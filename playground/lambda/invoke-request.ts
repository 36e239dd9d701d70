import type { HttpResponse } from '../far-end.ts'
import type { ReceivedRequest } from '../received-request.ts'
import {
  type AwsAccount,
  type FunctionRef,
  findFunction,
  type LambdaFunction,
  readFunctionName,
} from './function.ts'
import { badJson, noSuchOperation, notAllowed, notFound, refusal, tooLarge } from './refusal.ts'

/** Limits of a request's body, in bytes (API_Invoke, quotas). */
const EVENT_LIMIT = 1024 * 1024
const REQUEST_LIMIT = 6 * 1024 * 1024

const PATH = /^\/2015-03-31\/functions\/([^/]+)\/invocations\/?$/
const TYPES = ['Event', 'RequestResponse', 'DryRun'] as const

export interface InvokeRequest {
  given: string
  qualifier: string | undefined
  type: string
}

export interface Invoke {
  fn: LambdaFunction
  ref: FunctionRef
  type: (typeof TYPES)[number]
  /** The event as JSON. */
  payload: string
}

/** Reads what the request asks for, without checking it. Undefined if it is not an Invoke. */
export function readInvokeRequest({ method, url, headers }: ReceivedRequest): InvokeRequest | undefined {
  const [path = '', query] = url.split('?')
  const segment = PATH.exec(path)?.[1]
  if (method !== 'POST' || segment === undefined) return undefined
  const given = decoded(segment)
  if (given === undefined) return undefined
  const type = headers['x-amz-invocation-type'] ?? 'RequestResponse'
  return { given, qualifier: new URLSearchParams(query).get('Qualifier') ?? undefined, type: String(type) }
}

/**
 * Checks everything that Lambda checks after the signature. Returns the invocation to run, or the refusal.
 */
export function checkInvoke(
  { body }: ReceivedRequest,
  asked: InvokeRequest | undefined,
  {
    functions,
    account,
    userArn,
  }: { functions: readonly LambdaFunction[]; account: AwsAccount; userArn: string },
): Invoke | HttpResponse {
  if (!asked) return noSuchOperation()
  const ref = readFunctionName(asked.given, asked.qualifier, account)
  if ('status' in ref) return ref
  const fn = findFunction(functions, ref, account)
  if (!fn) return notFound(ref.arn)
  const alias = ref.qualifier !== undefined && fn.aliases.includes(ref.qualifier)
  if (!alias || !fn.invokableByCaller) return notAllowed(userArn, ref.arn)

  const type = TYPES.find((one) => one === asked.type)
  if (!type) {
    const set = `Member must satisfy enum value set: [${TYPES.join(', ')}]`
    const problem = `Value '${asked.type}' at 'invocationType' failed to satisfy constraint: ${set}`
    return refusal(400, 'ValidationException', `1 validation error detected: ${problem}`)
  }
  const limit = type === 'Event' ? EVENT_LIMIT : REQUEST_LIMIT
  if (body.length > limit) return tooLarge(limit)
  // Lambda gives the function an empty object if an Invoke has no body.
  const payload = body.length === 0 ? '{}' : body.toString()
  try {
    JSON.parse(payload)
  } catch (error) {
    return badJson((error as Error).message)
  }
  return { fn, ref, type, payload }
}

function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment)
  } catch {
    return undefined
  }
}
