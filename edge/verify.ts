import { createMiddleware } from 'hono/factory'
import type { EdgeEnv } from './bindings.ts'
import { checkSignature, importSigningKey } from './signature.ts'

/**
 * Stops every request that Slack did not sign. The response is the same for every reason; only the log has
 * the reason.
 */
export function verify() {
  // Imported once per isolate.
  let key: { secret: string; imported: CryptoKey } | undefined

  return createMiddleware<EdgeEnv>(async (c, next) => {
    const secret = c.env.SLACK_SIGNING_SECRET
    if (key?.secret !== secret) key = { secret, imported: await importSigningKey(secret) }
    const { receivedAt } = c.get('requestMeta')
    const rawBody = new Uint8Array(await c.req.arrayBuffer())
    const verdict = await checkSignature(rawBody, c.req.raw.headers, key.imported, receivedAt)
    if (verdict.outcome === 'rejected') {
      c.set('logLine', { outcome: 'unauthorized', ...verdict.rejection })
      return c.text('Unauthorized', 401)
    }
    c.set('body', verdict.body)
    return next()
  })
}

/** A form with `ssl_check=1` has one more field, a token of two dozen characters. */
const SSL_CHECK_BYTES = 256

/**
 * Slack sometimes checks a command's certificate with a form that contains `ssl_check=1`, and Slack's own
 * libraries accept it unsigned. It gets an empty 200, which reveals nothing.
 * https://docs.slack.dev/interactivity/implementing-slash-commands
 */
export const answerSslCheck = createMiddleware<EdgeEnv>(async (c, next) => {
  if (c.req.raw.headers.has('x-slack-signature')) return next()
  const rawBody = await c.req.arrayBuffer()
  const beginning = new TextDecoder().decode(rawBody.slice(0, SSL_CHECK_BYTES))
  if (!/(?:^|&)ssl_check=1(?:&|$)/.test(beginning)) return next()
  c.set('logLine', { outcome: 'ignored', reason: 'ssl_check' })
  return c.body(null, 200)
})
