import type { TestSlack } from './open-slack.ts'

/** Sends a request that the real client never sends. */
export async function raw({ slack }: TestSlack, method: string, init: RequestInit & { query?: string } = {}) {
  const headers = { authorization: 'Bearer xoxb-fake-token', ...init.headers }
  const response = await fetch(`${slack.apiUrl}${method}${init.query ?? ''}`, {
    method: 'POST',
    ...init,
    headers,
  })
  const answer: Record<string, unknown> = JSON.parse(await response.text())
  return { status: response.status, ...answer }
}

/** A JSON body. */
export const json = (body: unknown, type = 'application/json; charset=utf-8') => ({
  headers: { 'content-type': type },
  body: JSON.stringify(body),
})

/** A form. */
export const form = (body: string) => ({
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body,
})
