import { expect, test } from 'vitest'
import { failureKindOf } from '../../../backend/bedrock/model-failure.ts'

const model = (words: string) => `The model returned the following errors: ${words}`

test.each([
  ['ValidationException', 'Input is too long for requested model.', 'context_too_long'],
  ['ValidationException', model('prompt is too long: 1000412 tokens > 1000000 maximum'), 'context_too_long'],
  ['ValidationException', model('input length and `max_tokens` exceed context limit'), 'context_too_long'],
  [
    'ValidationException',
    'Input Tokens Exceeded: Number of input tokens exceeds maximum length',
    'context_too_long',
  ],
  ['ModelErrorException', "This model's maximum context length is 8192 tokens.", 'context_too_long'],
  [
    'AccessDeniedException',
    "You don't have access to the model with the specified model ID.",
    'model_denied',
  ],
  [
    'ResourceNotFoundException',
    'Model use case details have not been submitted for this account.',
    'model_denied',
  ],
  ['UnrecognizedClientException', 'The security token included in the request is invalid.', 'model_denied'],
  ['ResourceNotFoundException', 'This model version has reached the end of its life.', 'model_unavailable'],
  [
    'AccessDeniedException',
    'Access denied. This Model is marked by provider as Legacy and you have not been actively using it.',
    'model_unavailable',
  ],
  ['ResourceNotFoundException', 'Not found.', 'model_unavailable'],
  ['ValidationException', 'The provided model identifier is invalid.', 'model_unavailable'],
  [
    'ValidationException',
    'Invocation of model ID amazon.fake with on-demand throughput isn’t supported.',
    'model_unavailable',
  ],
  [
    'ValidationException',
    'The guardrail identifier or version provided in the request does not exist.',
    'guardrail_unavailable',
  ],
  ['ThrottlingException', 'Too many tokens per day, please wait before trying again.', 'model_quota'],
  ['ThrottlingException', 'Too many tokens, please wait before trying again.', 'model_busy'],
  ['ModelNotReadyException', 'The model is not ready.', 'model_busy'],
  ['ModelTimeoutException', 'The request took too long to process.', 'model_silent'],
  ['ValidationException', model('`temperature` is deprecated for this model.'), 'model_refused'],
  [
    'ValidationException',
    'The maximum tokens you requested exceeds the model limit of 4096.',
    'model_refused',
  ],
  ['InternalServerException', 'broken', 'model_error'],
  ['ModelStreamErrorException', 'broken', 'model_error'],
  ['Error', 'read ECONNRESET', 'model_failed'],
])('%s "%s" is the failure %s', (name, message, kind) => {
  expect(failureKindOf(Object.assign(new Error(message), { name }))).toBe(kind)
})

test.each([
  [413, 'context_too_long'],
  [429, 'model_busy'],
  [403, 'model_denied'],
  [422, 'model_refused'],
  [502, 'model_error'],
])('an error with an unknown name and status %d is the failure %s', (httpStatusCode, kind) => {
  const error = Object.assign(new Error('?'), { name: 'NewException', $metadata: { httpStatusCode } })
  expect(failureKindOf(error)).toBe(kind)
})
