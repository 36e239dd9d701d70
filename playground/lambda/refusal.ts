import type { HttpResponse } from '../far-end.ts'

/** An error of Lambda's REST API: its name is in a header, its text in the body. */
export function refusal(
  status: number,
  type: string,
  message: string,
  more: Record<string, string> = {},
): HttpResponse {
  return {
    status,
    headers: { 'content-type': 'application/json', 'x-amzn-errortype': type },
    body: JSON.stringify({ Type: 'User', Message: message, message, ...more }),
  }
}

export const notFound = (arn: string) =>
  refusal(404, 'ResourceNotFoundException', `Function not found: ${arn}`)

export function notAllowed(userArn: string, functionArn: string): HttpResponse {
  const action = 'lambda:InvokeFunction'
  return refusal(
    403,
    'AccessDeniedException',
    `User: ${userArn} is not authorized to perform: ${action} on resource: ${functionArn} because no identity-based policy allows the ${action} action`,
  )
}

/** Lambda's answer to a path or a method that belongs to no operation. */
export const noSuchOperation = () =>
  refusal(403, 'AccessDeniedException', 'Unable to determine service/operation name to be authorized')

export const badJson = (reason: string) =>
  refusal(400, 'InvalidRequestContentException', `Could not parse request body into json: ${reason}`)

export const tooLarge = (limit: number) =>
  refusal(
    413,
    'RequestTooLargeException',
    `Request must be smaller than ${limit} bytes for the InvokeFunction operation`,
  )

/** Only synchronous invocations get this. Lambda accepts an asynchronous one and keeps it waiting. */
export function throttled(): HttpResponse {
  const answer = refusal(429, 'TooManyRequestsException', 'Rate Exceeded.', {
    Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
  })
  return { ...answer, headers: { ...answer.headers, 'retry-after': '1' } }
}
