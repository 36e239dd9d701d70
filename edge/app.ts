import { type Context, Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { EdgeEnv } from './bindings.ts'
import { classify } from './classify.ts'
import { handOff } from './hand-off.ts'
import { createInvoke, type Invoke } from './invoke.ts'
import { NotFromSlack, verify } from './verify.ts'

export interface AppOptions {
  /** Milliseconds of the Unix epoch. */
  now: () => number
  fetch: typeof fetch
}

/** The edge's HTTP side. It holds no bot token: it cannot speak in Slack, only acknowledge and hand off. */
export function createApp({ now, fetch }: AppOptions): Hono<EdgeEnv> {
  const app = new Hono<EdgeEnv>()
  let invoke: Invoke | undefined

  app.use(async (c, next) => {
    await next()
    c.header('x-release', c.env.RELEASE.id)
  })

  app.get('/health', (c) => c.json({ ok: true, release: c.env.RELEASE.id }))

  app.post('/slack/events', verify({ now }), async (c) => {
    const slackRetryNum = Number(c.req.header('x-slack-retry-num') ?? 0) || 0
    const decision = classify(c.var.body, { receivedAt: c.var.receivedAt, slackRetryNum })
    if (decision.do === 'challenge') {
      log(c, { outcome: 'challenge' })
      return c.text(decision.text)
    }
    if (decision.do === 'ignore') {
      log(c, { outcome: 'ignored', reason: decision.reason, eventId: decision.eventId, slackRetryNum })
      return c.body(null, 200)
    }
    const { kind, id, eventId } = decision.handoff
    // One client an isolate: it keeps the derived signing key.
    invoke ??= createInvoke(c.env, fetch)
    const result = await handOff(decision.handoff, invoke)
    log(c, { ...result, kind, id, eventId, slackRetryNum })
    // Slack sends an event again, three times in six minutes, after anything but a 2xx.
    return c.body(null, result.outcome === 'refused' ? 503 : 200)
  })

  app.onError((error, c) => {
    if (error instanceof NotFromSlack) {
      log(c, { outcome: 'unauthorized', ...error.rejection })
      return c.text('Unauthorized', 401)
    }
    if (error instanceof HTTPException) return error.getResponse()
    // The name only: a message can quote what it choked on.
    log(c, { outcome: 'error', error: error.name })
    return c.text('Internal Server Error', 500)
  })

  function log(c: Context<EdgeEnv>, fields: Record<string, unknown>): void {
    const ms = c.var.receivedAt === undefined ? undefined : now() - c.var.receivedAt
    console.log(JSON.stringify({ event: 'request', path: c.req.path, ...fields, ms }))
  }

  return app
}
