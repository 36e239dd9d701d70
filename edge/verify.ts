import { createMiddleware } from 'hono/factory'
import type { EdgeEnv } from './bindings.ts'
import { checkSignature, importSigningKey } from './signature.ts'

/** Lets nothing pass that Slack has not signed. The answer is the same for every reason; the reason is for the log. */
export function verify() {
  // Once an isolate.
  let key: { secret: string; imported: CryptoKey } | undefined

  return createMiddleware<EdgeEnv>(async (c, next) => {
    const secret = c.env.SLACK_SIGNING_SECRET
    if (key?.secret !== secret) key = { secret, imported: await importSigningKey(secret) }
    const verdict = await checkSignature(c.var.rawBody, c.req.raw.headers, key.imported, c.var.receivedAt)
    if (verdict.outcome === 'rejected') {
      c.set('logLine', { outcome: 'unauthorized', ...verdict.rejection })
      return c.text('Unauthorized', 401)
    }
    c.set('body', verdict.body)
    return next()
  })
}

/**
 * Slack looks at a command's certificate now and then with a form that holds `ssl_check=1`, and Slack's own libraries
 * let it pass unsigned. It gets an empty 200, which anybody may have.
 * https://docs.slack.dev/interactivity/implementing-slash-commands
 */
export const answerSslCheck = createMiddleware<EdgeEnv>(async (c, next) => {
  const unsigned = !c.req.raw.headers.has('x-slack-signature')
  if (
    !unsigned ||
    !/(?:^|&)ssl_check=1(?:&|$)/.test(new TextDecoder().decode(c.var.rawBody.subarray(0, SSL_CHECK_BYTES)))
  )
    return next()
  c.set('logLine', { outcome: 'ignored', reason: 'ssl_check' })
  return c.body(null, 200)
})

/** Such a form holds one more field, a token of two dozen characters. */
const SSL_CHECK_BYTES = 256
