import type { Context } from 'hono'
import { Hono } from 'hono/tiny'
import { type EdgeEnv, missingSettings } from './bindings.ts'
import { limitBody } from './body-limit.ts'
import { classify } from './classify/classify.ts'
import type { Decision } from './classify/decision.ts'
import { type HandOffResult, handOff } from './hand-off.ts'
import { createInvoke, type Invoke } from './invoke.ts'
import { idsOf, loggableId } from './log.ts'
import { releaseName } from './release.ts'
import { requestLog } from './request-log.ts'
import { respond } from './response-url.ts'
import { ANSWER_FOLLOWS, CLICK_NOT_TAKEN, help, QUESTION_NOT_TAKEN } from './sentences.ts'
import { answerSslCheck, verify } from './verify.ts'

export interface AppOptions {
  /** Milliseconds of the Unix epoch. */
  now: () => number
  fetch: typeof fetch
}

/** Every path, with the methods that it allows. */
const METHODS: Record<string, string> = {
  '/health': 'GET, HEAD',
  '/slack/events': 'POST',
  '/slack/interactivity': 'POST',
  '/slack/commands': 'POST',
}

/** The edge's HTTP side. It has no bot token: it cannot post to Slack, only acknowledge and hand off. */
export function createApp({ now, fetch }: AppOptions): Hono<EdgeEnv> {
  const app = new Hono<EdgeEnv>()
  // One per isolate: it caches the derived signing key.
  let invoke: Invoke | undefined

  app.use(requestLog({ now }))

  // hono/tiny also matches `/slack/events/`; we want 404 there.
  app.use((c, next) => (Object.hasOwn(METHODS, c.req.path) ? next() : Promise.resolve(c.notFound())))

  app.get('/health', async (c) => {
    c.set('logLine', { outcome: 'healthy' })
    return c.json({ ok: true, release: await releaseName(c.env) })
  })

  app.use('/slack/*', async (c, next) => {
    const missing = missingSettings(c.env)
    if (missing.length === 0) return next()
    c.set('logLine', { outcome: 'misconfigured', missing })
    return c.text('Service Unavailable', 503)
  })

  app.post('/slack/*', limitBody)
  app.post('/slack/commands', answerSslCheck)
  app.post('/slack/*', verify())

  app.post('/slack/events', async (c) => {
    const decision = classify('events', c.get('body'), c.get('requestMeta'))
    const outcome = await carryOut(c, decision)
    if (decision.kind === 'challenge') return c.text(decision.text)
    // After any status but a 2xx, Slack sends an event again, three times in six minutes.
    return c.body(null, outcome === 'refused' ? 503 : 200)
  })

  app.post('/slack/interactivity', async (c) => {
    const decision = classify('interactivity', c.get('body'), c.get('requestMeta'))
    const outcome = await carryOut(c, decision)
    // Slack never sends a click again.
    if (outcome === 'refused' && 'respondTo' in decision)
      c.executionCtx.waitUntil(respond(fetch, decision.respondTo, CLICK_NOT_TAKEN))
    return c.body(null, 200)
  })

  app.post('/slack/commands', async (c) => {
    const decision = classify('commands', c.get('body'), c.get('requestMeta'))
    const outcome = await carryOut(c, decision)
    const say = (text: string) => c.json({ response_type: 'ephemeral', text })
    if (decision.kind === 'help') return say(help(decision.command))
    // Slack never retries a slash command, so the 200 itself says what happened.
    if (decision.kind === 'hand_off') return say(outcome === 'refused' ? QUESTION_NOT_TAKEN : ANSWER_FOLLOWS)
    return c.body(null, 200)
  })

  app.notFound((c) => {
    const allow = Object.hasOwn(METHODS, c.req.path) ? METHODS[c.req.path] : undefined
    c.set('logLine', { outcome: allow ? 'method_not_allowed' : 'not_found' })
    return allow ? c.text('Method Not Allowed', 405, { allow }) : c.text('Not Found', 404)
  })

  app.onError((error, c) => {
    // Only the name: a message can quote the input that caused it.
    c.set('logLine', { outcome: 'error', error: error.name })
    return c.text('Internal Server Error', 500)
  })

  /** Hands off if that is the decision, and sets the log line. */
  async function carryOut(
    c: Context<EdgeEnv>,
    decision: Decision,
  ): Promise<HandOffResult['outcome'] | undefined> {
    if (decision.kind !== 'hand_off') {
      c.set('logLine', toLogLine(decision))
      return undefined
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
