import type { Context } from 'hono'
import { Hono } from 'hono/tiny'
import { type EdgeEnv, missingSettings, releaseOf } from './bindings.ts'
import { readBody } from './body.ts'
import { classify } from './classify/classify.ts'
import type { Decision } from './classify/decision.ts'
import { type HandOffResult, handOff } from './hand-off.ts'
import { createInvoke, type Invoke } from './invoke.ts'
import { idsOf, loggableId } from './log.ts'
import { requestLog } from './request-log.ts'
import { respond } from './response-url.ts'
import { ANSWER_FOLLOWS, CLICK_NOT_TAKEN, help, QUESTION_NOT_TAKEN } from './sentences.ts'
import { answerSslCheck, verify } from './verify.ts'

export interface AppOptions {
  /** Milliseconds of the Unix epoch. */
  now: () => number
  fetch: typeof fetch
}

const METHODS = {
  '/health': 'GET, HEAD',
  '/slack/events': 'POST',
  '/slack/interactivity': 'POST',
  '/slack/commands': 'POST',
}

/** The edge's HTTP side. It holds no bot token: it cannot speak in Slack, only acknowledge and hand off. */
export function createApp({ now, fetch }: AppOptions): Hono<EdgeEnv> {
  const app = new Hono<EdgeEnv>()
  const verified = verify()
  // One an isolate: it keeps the derived signing key.
  let invoke: Invoke | undefined

  app.use(requestLog({ now }))

  // Hono's small router takes a path with a slash at its end for the same.
  app.use((c, next) => (Object.hasOwn(METHODS, c.req.path) ? next() : Promise.resolve(c.notFound())))

  app.get('/health', (c) => {
    c.set('logLine', { outcome: 'healthy' })
    return c.json({ ok: true, release: releaseOf(c.env) })
  })

  app.use('/slack/*', async (c, next) => {
    const missing = missingSettings(c.env)
    if (missing.length === 0) return next()
    c.set('logLine', { outcome: 'misconfigured', missing })
    return c.text('Service Unavailable', 503)
  })

  app.post('/slack/events', readBody, verified, async (c) => {
    const decision = classify('events', c.var.body, c.var)
    const outcome = await carryOut(c, decision)
    if (decision.kind === 'challenge') return c.text(decision.text)
    // Slack sends an event again, three times in six minutes, after anything but a 2xx.
    return c.body(null, outcome === 'refused' ? 503 : 200)
  })

  app.post('/slack/interactivity', readBody, verified, async (c) => {
    const decision = classify('interactivity', c.var.body, c.var)
    const outcome = await carryOut(c, decision)
    // A click is never sent again.
    if (outcome === 'refused' && 'respondTo' in decision)
      c.executionCtx.waitUntil(respond(fetch, decision.respondTo, CLICK_NOT_TAKEN))
    return c.body(null, 200)
  })

  app.post('/slack/commands', readBody, answerSslCheck, verified, async (c) => {
    const decision = classify('commands', c.var.body, c.var)
    const outcome = await carryOut(c, decision)
    const say = (text: string) => c.json({ response_type: 'ephemeral', text })
    if (decision.kind === 'help') return say(help(decision.command))
    // Nor is a command.
    if (decision.kind === 'hand_off') return say(outcome === 'refused' ? QUESTION_NOT_TAKEN : ANSWER_FOLLOWS)
    return c.body(null, 200)
  })

  for (const [path, allow] of Object.entries(METHODS)) {
    app.all(path, (c) => {
      c.set('logLine', { outcome: 'method_not_allowed' })
      return c.text('Method Not Allowed', 405, { allow })
    })
  }

  app.notFound((c) => {
    c.set('logLine', { outcome: 'not_found' })
    return c.text('Not Found', 404)
  })

  app.onError((error, c) => {
    // The name only: a message can quote what it choked on.
    c.set('logLine', { outcome: 'error', error: error.name })
    return c.text('Internal Server Error', 500)
  })

  /** Hands off what is to be handed off, and says for the log what was done. */
  async function carryOut(
    c: Context<EdgeEnv>,
    decision: Decision,
  ): Promise<HandOffResult['outcome'] | 'left'> {
    if (decision.kind !== 'hand_off') {
      c.set('logLine', toLogLine(decision))
      return 'left'
    }
    invoke ??= createInvoke(c.env, fetch)
    const result = await handOff(decision.handoff, { invoke, queue: c.env.HANDOFFS })
    c.set('logLine', { ...result, ...idsOf(decision.handoff) })
    return result.outcome
  }

  return app
}

function toLogLine(decision: Exclude<Decision, { kind: 'hand_off' }>): EdgeEnv['Variables']['logLine'] {
  if (decision.kind !== 'ignore') return { outcome: decision.kind }
  const { reason, eventId } = decision
  return { outcome: 'ignored', reason, ...(eventId !== undefined && { eventId: loggableId(eventId) }) }
}
