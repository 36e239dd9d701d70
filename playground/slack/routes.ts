import type { IncomingMessage } from 'node:http'
import { readable } from './arguments.ts'
import { type ApiRequest, bearer, readBody } from './body.ts'
import { loginPage } from './downloads.ts'
import type { Files } from './files.ts'
import { identity } from './identity.ts'
import { methods } from './methods.ts'
import type { ResponseUrls } from './response-urls.ts'
import type { SlackRequest, SlackResponse } from './server.ts'
import type { ApiResponse } from './web-api.ts'

interface RouteHandlers {
  callMethod: (name: string, asked: ApiRequest) => ApiResponse
  download: (fileId: string, headers: IncomingMessage['headers']) => SlackResponse
  files: Files
  responseUrls: ResponseUrls
}

/**
 * The paths of Slack's own origin: the Web API, files, uploads and response URLs. Any other path is the
 * sign-in page.
 */
export function createRoutes({ callMethod, download, files, responseUrls }: RouteHandlers) {
  return async (incoming: IncomingMessage, url: URL, body: Buffer): Promise<SlackRequest> => {
    const [first = '', ...rest] = url.pathname.slice(1).split('/')
    switch (first) {
      case 'api': {
        const method = rest.join('/')
        const asked = await readBody(methods.get(method), incoming.method ?? '', url, incoming.headers, body)
        return { method, args: readable(asked.args), carryOut: () => callMethod(method, asked) }
      }
      case 'files-pri': {
        const file = rest[0]?.split('-')[1] ?? ''
        const args = { file, authorized: bearer(incoming.headers) === identity.botToken }
        return { method: 'files.download', args, carryOut: () => download(file, incoming.headers) }
      }
      case 'upload': {
        const file = rest[1] ?? ''
        const carryOut = () =>
          files.fill(file, body) ? { status: 200, body: `OK - ${body.length}` } : { status: 404 }
        return { method: 'files.upload', args: { file, bytes: body.length }, carryOut }
      }
      case 'actions':
        return {
          method: 'response_url',
          args: { body: parse(body.toString()) },
          carryOut: () => responseUrls.use(url.pathname, body.toString()),
        }
      default:
        return { method: 'login', args: { path: url.pathname }, carryOut: () => loginPage }
    }
  }
}

/**
 * The paths of an origin outside Slack, which serves files that Slack redirects to. The bot token must not be
 * sent there.
 */
export function createElsewhere({
  files,
  violation,
}: {
  files: Files
  violation: (sentence: string) => void
}) {
  return async (incoming: IncomingMessage, url: URL, _body: Buffer): Promise<SlackRequest> => {
    const file = url.pathname.split('/')[2] ?? ''
    const authorized = incoming.headers.authorization !== undefined
    if (authorized) violation('An Authorization header went to an origin that is not Slack.')
    const found = files.get(file)
    const carryOut = () =>
      found
        ? { status: 200, headers: { 'content-type': found.mimetype }, body: found.content }
        : { status: 404 }
    return { method: 'files.download', args: { file, authorized, elsewhere: true }, carryOut }
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
