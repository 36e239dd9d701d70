import { createMiddleware } from 'hono/factory'
import { HTTPException } from 'hono/http-exception'
import type { EdgeEnv } from './bindings.ts'
import { checkSignature, type Rejection } from './signature.ts'

/** A refused request. The answer is the same for every reason; the reason is for the log. */
export class NotFromSlack extends HTTPException {
  readonly rejection: Rejection
  constructor(rejection: Rejection) {
    super(401, { message: 'Unauthorized' })
    this.rejection = rejection
  }
}

/** Reads the body once, and lets nothing pass that Slack has not signed. Throws NotFromSlack. */
export const verify = ({ now }: { now: () => number }) =>
  createMiddleware<EdgeEnv>(async (c, next) => {
    const receivedAt = now()
    const bytes = new Uint8Array(await c.req.arrayBuffer())
    const verdict = await checkSignature(bytes, c.req.raw.headers, c.env.SLACK_SIGNING_SECRET, receivedAt)
    if (!verdict.ok) throw new NotFromSlack(verdict.rejection)
    c.set('body', verdict.body)
    c.set('receivedAt', receivedAt)
    await next()
  })
