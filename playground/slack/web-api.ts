import type { Access } from './access.ts'
import { checkArguments, stringOf, unknownArguments } from './arguments.ts'
import type { ApiRequest } from './body.ts'
import { identity } from './identity.ts'
import type { MethodHandlers } from './method-handler.ts'
import { methods } from './methods.ts'
import { Refusal } from './refusal.ts'
import type { Tiers } from './tiers.ts'

export interface ApiResponse {
  status: number
  headers: Record<string, string>
  body: string
  /** Slack's error code. */
  error?: string
}

/**
 * Carries out one call of the Web API. Slack checks in this order: method, body, token, rate, scope,
 * arguments. It refuses with HTTP 200 and `ok: false`; only `ratelimited` is a 429.
 */
export function createWebApi(options: {
  handlers: MethodHandlers
  tiers: Tiers
  access: Access
  violation: (sentence: string) => void
}) {
  const { handlers, tiers, access, violation } = options

  function carryOut(name: string, request: ApiRequest): Record<string, unknown> {
    const method = methods.get(name)
    if (!method) {
      violation(`Slack has no method ${name}, or the simulator's table lacks it.`)
      throw new Refusal('unknown_method', { req_method: name })
    }
    const handler = handlers[name]
    if (!handler) {
      violation(`The simulated Slack has no handler for ${name}.`)
      throw new Refusal('internal_error')
    }
    if (request.error) throw new Refusal(request.error)
    if (name !== 'api.test') checkToken(request.token)
    const seconds = tiers.take(name, method, stringOf(request.args, 'channel'))
    if (seconds > 0) throw new RateLimited(seconds)
    access.demand(...method.scopes)
    const unknown = unknownArguments(method, request.args)
    if (unknown.length > 0) violation(`${name} has no argument ${unknown.join(', ')}.`)
    return handler(checkArguments(method, request.args, request.typed))
  }

  return (name: string, request: ApiRequest): ApiResponse => {
    try {
      return answer({ ok: true, ...carryOut(name, request) }, request.warnings)
    } catch (error) {
      if (error instanceof RateLimited) {
        const body = JSON.stringify({ ok: false, error: 'ratelimited' })
        return { status: 429, headers: { 'retry-after': String(error.seconds) }, body, error: 'ratelimited' }
      }
      if (!(error instanceof Refusal)) throw error
      return {
        ...answer({ ok: false, error: error.code, ...error.extra }, request.warnings),
        error: error.code,
      }
    }
  }
}

class RateLimited extends Error {
  readonly seconds: number

  constructor(seconds: number) {
    super('ratelimited')
    this.seconds = seconds
  }
}

function checkToken(token: string | undefined) {
  if (token === undefined) throw new Refusal('not_authed')
  if (token !== identity.botToken) throw new Refusal('invalid_auth')
}

function answer(fields: Record<string, unknown>, warnings: readonly string[]): ApiResponse {
  const metadata = {
    ...(typeof fields.response_metadata === 'object' ? fields.response_metadata : {}),
    warnings,
  }
  const warned =
    warnings.length > 0 ? { ...fields, warning: warnings.join(','), response_metadata: metadata } : fields
  return { status: 200, headers: {}, body: JSON.stringify(warned) }
}
