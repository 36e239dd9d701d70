import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

export interface AppRequest {
  path: string
  headers: IncomingHttpHeaders
  body: string
}

export interface AppServer {
  url: string
  received: AppRequest[]
}

/**
 * Starts an app's own server. It passes every request to `answer`, which ends the response or leaves it open.
 */
export async function startApp(
  answer: (response: ServerResponse, received: AppRequest, count: number) => void,
): Promise<AppServer> {
  const received: AppRequest[] = []
  const server = createServer(async (incoming, response) => {
    let body = ''
    try {
      for await (const part of incoming.setEncoding('utf8')) body += part
    } catch {
      return void response.destroy()
    }
    const request = { path: incoming.url ?? '', headers: incoming.headers, body }
    received.push(request)
    answer(response, request, received.length)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  )
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received }
}
