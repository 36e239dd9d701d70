import type { FailureKind } from '../failure.ts'

/** What we read of an error. An exception inside the stream has no HTTP status. */
interface ModelError {
  name: string
  message: string
  status: number | undefined
}

const THROTTLED = new Set([
  'ThrottlingException',
  'TooManyRequestsException',
  'ServiceQuotaExceededException',
])
const BUSY = new Set([...THROTTLED, 'ModelNotReadyException', 'ServiceUnavailableException'])
const DENIED = new Set(['AccessDeniedException', 'UnrecognizedClientException'])
const BROKEN = new Set(['InternalServerException', 'ModelErrorException', 'ModelStreamErrorException'])
const REFUSED = new Set(['ValidationException', 'SerializationException'])

/**
 * The causes that AWS names only in the message of a general error, in the words of AWS and of the models'
 * providers. Other words lead to the kind of the general error.
 */
const PER_DAY = /per day|daily/i
const GUARDRAIL = /guardrail/i
const NO_ACCESS = /use case details|marketplace|agreement|not authorized/i
const NO_MODEL =
  /model identifier is invalid|end of (its )?life|marked .* as legacy|on-demand throughput|model .*(not found|does not exist|not supported in)/i
const TOO_LONG =
  /too long|too large|too many (total )?((input|text|prompt) )?(tokens|bytes)|context (length|window|limit)|input (length|tokens)|number of input tokens/i

/** The first rule that applies gives the kind. Without one we did not get through to Bedrock. */
const RULES: readonly { kind: FailureKind; applies(error: ModelError): boolean }[] = [
  { kind: 'model_quota', applies: ({ name, message }) => THROTTLED.has(name) && PER_DAY.test(message) },
  { kind: 'model_busy', applies: ({ name, status }) => BUSY.has(name) || status === 429 || status === 503 },
  { kind: 'model_silent', applies: ({ name }) => name === 'ModelTimeoutException' },
  {
    kind: 'context_too_long',
    applies: ({ name, message, status }) =>
      status === 413 || ((REFUSED.has(name) || BROKEN.has(name)) && TOO_LONG.test(message)),
  },
  { kind: 'model_error', applies: ({ name, status = 0 }) => BROKEN.has(name) || status >= 500 },
  { kind: 'model_unavailable', applies: ({ message }) => NO_MODEL.test(message) },
  {
    kind: 'model_denied',
    applies: ({ name, message, status }) => DENIED.has(name) || status === 403 || NO_ACCESS.test(message),
  },
  { kind: 'guardrail_unavailable', applies: ({ message }) => GUARDRAIL.test(message) },
  { kind: 'model_unavailable', applies: ({ name }) => name === 'ResourceNotFoundException' },
  { kind: 'model_refused', applies: ({ name, status = 0 }) => REFUSED.has(name) || status >= 400 },
]

/**
 * The kind of failure of a model call that has written no text yet.
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html#API_runtime_ConverseStream_Errors
 */
export function failureKindOf(error: unknown): FailureKind {
  if (!(error instanceof Error)) return 'model_failed'
  const { name, message } = error
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode
  return RULES.find(({ applies }) => applies({ name, message, status }))?.kind ?? 'model_failed'
}
