import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { onTestFinished } from 'vitest'
import { BOT_SCOPES } from '../../../infra/settings/slack-manifest.ts'
import type { World } from './world.ts'

/** The state of the fake Slack, which tests change and read. */
export interface FakeSlack {
  /** The `authorization` of each call. */
  tokens: string[]
  scopes: string[]
  /** Tokens that Slack refuses. */
  refused: string[]
  /** The app that a token belongs to, if it is not A00FAKE. */
  apps: Record<string, string>
}

/** Answers auth.test and bots.info. The address ends with a slash. */
export async function startFakeSlack(): Promise<{ url: string; slack: FakeSlack }> {
  const slack: FakeSlack = { tokens: [], scopes: Object.keys(BOT_SCOPES), refused: [], apps: {} }
  const server = createServer((request, response) => {
    slack.tokens.push(request.headers.authorization ?? '')
    const token = request.headers.authorization?.replace('Bearer ', '') ?? ''
    response.setHeader('content-type', 'application/json')
    response.setHeader('x-oauth-scopes', slack.scopes.join(','))
    if (slack.refused.includes(token)) response.end(JSON.stringify({ ok: false, error: 'invalid_auth' }))
    else if (request.url === '/api/auth.test')
      response.end(JSON.stringify({ ok: true, team: 'Fake team', team_id: 'T00FAKE', bot_id: 'B00FAKE' }))
    else
      response.end(
        JSON.stringify({ ok: true, bot: { id: 'B00FAKE', app_id: slack.apps[token] ?? 'A00FAKE' } }),
      )
  }).listen(0, '127.0.0.1')
  return { url: `${await listening(server)}/api/`, slack }
}

/** Answers the one call that a deployment makes to Cloudflare's API: the subdomain of an account. */
export async function startFakeCloudflare(world: World): Promise<string> {
  const server = createServer((request, response) => {
    const answer = (status: number, body: unknown): void =>
      void response.writeHead(status).end(JSON.stringify(body))
    const fault = (code: number, message: string) => ({
      success: false,
      errors: [{ code, message }],
      result: null,
    })
    if (request.headers.authorization !== `Bearer ${world.cloudflareToken}`)
      answer(403, fault(10000, 'Authentication error'))
    else if (!request.url?.endsWith('/workers/subdomain')) answer(404, fault(7003, 'No route'))
    else if (world.subdomain === undefined)
      answer(404, fault(10007, 'You need to register a workers.dev subdomain'))
    else answer(200, { success: true, errors: [], result: { subdomain: world.subdomain } })
  }).listen(0, '127.0.0.1')
  return listening(server)
}

async function listening(server: Server): Promise<string> {
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
}
