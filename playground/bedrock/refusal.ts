import type { Fault, Faults } from '../calls.ts'

/**
 * Bedrock's error names with their HTTP status. Source: the service models of bedrock-runtime and
 * bedrock-agent-runtime.
 */
const HTTP_STATUS = {
  AccessDeniedException: 403,
  InternalServerException: 500,
  ModelErrorException: 424,
  ModelNotReadyException: 429,
  ModelTimeoutException: 408,
  ResourceNotFoundException: 404,
  SerializationException: 400,
  ServiceUnavailableException: 503,
  ThrottlingException: 429,
  UnknownOperationException: 404,
  ValidationException: 400,
} as const

export type ErrorName = keyof typeof HTTP_STATUS

/** An error answer of the service. `name` is the name that the error has in the SDK. */
export class Refusal extends Error {
  override readonly name: string
  readonly status: number
  constructor(name: string, status: number, message: string) {
    super(message)
    this.name = name
    this.status = status
  }
}

export const refusal = (name: ErrorName, message: string) => new Refusal(name, HTTP_STATUS[name], message)

export const invalid = (message: string) => refusal('ValidationException', message)

/**
 * The headers and the body of an error as Bedrock writes them. The address of the service model follows the
 * error's name.
 */
export function errorAnswer({ name, status, message }: Refusal) {
  return {
    status,
    headers: {
      'content-type': 'application/json',
      'x-amzn-errortype': `${name}:http://internal.amazon.com/coral/com.amazon.bedrock/`,
    },
    body: JSON.stringify({ message }),
  }
}

/** For tests: this error instead of the answer. */
export const refuseWith = (name: ErrorName, message: string): Fault => ({
  kind: 'answer',
  ...errorAnswer(refusal(name, message)),
})

/** For tests: `fault` for the next `count` calls of `method`, and none after them. */
export function forTheNext(count: number, method: string, fault: Fault): Faults {
  let left = count
  return (call) => (call.method === method && left-- > 0 ? fault : undefined)
}
