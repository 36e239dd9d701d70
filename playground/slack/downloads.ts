import type { IncomingHttpHeaders } from 'node:http'
import { bearer } from './body.ts'
import type { Files } from './files.ts'
import { identity } from './identity.ts'
import type { SlackResponse } from './server.ts'

const LOGIN_PAGE = `<!DOCTYPE html><html lang="en"><head><title>Sign in | ${identity.teamName}</title></head><body><h1>Sign in to ${identity.teamName}</h1></body></html>`
const html = { 'content-type': 'text/html; charset=utf-8' }

/** Slack's sign-in page. */
export const loginPage: SlackResponse = { status: 200, headers: html, body: LOGIN_PAGE }

/** Answers a request for `url_private` or `url_private_download`. */
export function createDownloads(options: {
  files: Files
  scopes: ReadonlySet<string>
  login: 'page' | 'redirect'
  origin: string
  elsewhere: string
}) {
  const { files, scopes, login, origin, elsewhere } = options
  return (fileId: string, headers: IncomingHttpHeaders): SlackResponse => {
    // Without a valid token or files:read, Slack does not answer 401. It shows its sign-in page or redirects
    // to it (vercel/eve#1531).
    if (bearer(headers) !== identity.botToken || !scopes.has('files:read')) {
      return login === 'page'
        ? loginPage
        : { status: 302, headers: { location: `${origin}/?redir=%2Ffiles-pri%2F${fileId}` } }
    }
    const file = files.get(fileId)
    if (!file) return { status: 404, headers: html, body: 'Not found' }
    if (file.redirected)
      return { status: 302, headers: { location: `${elsewhere}/cdn/${fileId}?signature=fake` } }
    return { status: 200, headers: { 'content-type': file.mimetype }, body: file.content }
  }
}
