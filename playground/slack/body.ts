import type { IncomingHttpHeaders } from 'node:http'
import type { Method } from './methods.ts'

/** A request to the Web API, before its arguments are checked. */
export interface ApiRequest {
  args: Record<string, unknown>
  /** True if the values have their JSON types. In a form or a query everything is a string. */
  typed: boolean
  token: string | undefined
  warnings: string[]
  /** Slack's error for a body that it cannot read. */
  error?: string
}

const FORM = 'application/x-www-form-urlencoded'
const KNOWN_CHARSETS = ['utf-8', 'utf8', 'iso-8859-1']

/**
 * Reads the arguments of one call. The error and warning codes come from docs.slack.dev/apis/web-api and from
 * the common errors on every method page. Slack does not read a JSON body if the method takes none: its
 * arguments are then missing.
 */
export async function readBody(
  method: Method | undefined,
  verb: string,
  url: URL,
  headers: IncomingHttpHeaders,
  body: Buffer,
): Promise<ApiRequest> {
  const request: ApiRequest = {
    args: Object.fromEntries(url.searchParams),
    typed: false,
    token: bearer(headers),
    warnings: [],
  }
  const [type = '', ...attributes] = (headers['content-type'] ?? '').split(';').map((part) => part.trim())
  const charset = attributes
    .find((attribute) => attribute.toLowerCase().startsWith('charset='))
    ?.slice('charset='.length)
  if (verb === 'POST') {
    if (charset !== undefined && !KNOWN_CHARSETS.includes(charset.toLowerCase()))
      request.error = 'invalid_charset'
    else if (type === 'application/json') readJson(request, method, body, charset)
    else if (type === FORM) readForm(request, body, charset)
    else if (type === 'multipart/form-data') await readMultipart(request, headers['content-type'] ?? '', body)
    else if (type === '' && body.length > 0) request.error = 'missing_post_type'
    else if (type !== '' && type !== 'text/plain') request.error = 'invalid_post_type'
  }
  if (!request.typed && typeof request.args.token === 'string') request.token ??= request.args.token
  delete request.args.token
  return request
}

/** The bearer token of the Authorization header, if there is one. */
export const bearer = (headers: IncomingHttpHeaders) =>
  /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1]

function readJson(
  request: ApiRequest,
  method: Method | undefined,
  body: Buffer,
  charset: string | undefined,
) {
  if (charset === undefined) request.warnings.push('missing_charset')
  if (method && !method.json) return
  try {
    const read: unknown = JSON.parse(body.toString())
    if (typeof read !== 'object' || read === null || Array.isArray(read)) request.error = 'json_not_object'
    // Slack does not read a token inside a JSON body: JSON needs the Authorization header.
    else Object.assign(request, { args: { ...request.args, ...read }, typed: true })
  } catch {
    request.error = 'invalid_json'
  }
}

function readForm(request: ApiRequest, body: Buffer, charset: string | undefined) {
  if (charset !== undefined) request.warnings.push('superfluous_charset')
  const form = body.toString()
  if (/%(?![0-9a-f]{2})/i.test(form)) request.error = 'invalid_form_data'
  else Object.assign(request.args, Object.fromEntries(new URLSearchParams(form)))
}

async function readMultipart(request: ApiRequest, contentType: string, body: Buffer) {
  try {
    const form = await new Response(new Uint8Array(body), {
      headers: { 'content-type': contentType },
    }).formData()
    for (const [name, value] of form) if (typeof value === 'string') request.args[name] = value
  } catch {
    request.error = 'invalid_form_data'
  }
}
