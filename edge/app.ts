import type { Context } from 'hono'
import { Hono } from 'hono/tiny'
import { type EdgeEnv, missingFrom, releaseOf } from './bindings.ts'
import { takeBody } from './body.ts'
import { classify } from './classify/classify.ts'
import type { Decision } from './classify/decision.ts'
import { type HandedOff, handOff } from './hand-off.ts'
import { createInvoke, type Invoke } from './invoke.ts'
import { idOnly, idsOf } from './log.ts'
import { createRecent } from './recent.ts'
import { record } from './request-log.ts'
import { respond } from './response-url.ts'
import { ANSWER_FOLLOWS, CLICK_NOT_TAKEN, help, QUESTION_NOT_TAKEN } from './sentences.ts'
import { answerSslCheck, verify } from './verify.ts'

export interface AppOptions {
  /** Milliseconds of the Unix epoch. */
  now: () => number
  fetch: typeof fetch
}

/** Slack repeats an event within six minutes; one isolate hands off far fewer in that time. */
const REMEMBERED_EVENTS = 1_000

const METHODS = {
  '/health': 'GET, HEAD',
  '/slack/events': 'POST',
  '/slack/interactivity': 'POST',
  '/slack/commands': 'POST',
}

/** The edge's HTTP side. It holds no bot token: it cannot speak in Slack, only acknowledge and hand off. */
export function createApp({ now, fetch }: AppOptions): Hono<EdgeEnv> {
  const app = new Hono<EdgeEnv>()
  const recent = createRecent(REMEMBERED_EVENTS)
  const verified = verify()
  // One an isolate: it keeps the derived signing key.
  let invoke: Invoke | undefined

  app.use(record({ now }))

  // Hono's small router takes a path with a slash at its end for the same.
  app.use((c, next) => (Object.hasOwn(METHODS, c.req.path) ? next() : Promise.resolve(c.notFound())))

  app.get('/health', (c) => {
    c.set('line', { outcome: 'healthy' })
    return c.json({ ok: true, release: releaseOf(c.env) })
  })

  app.use('/slack/*', async (c, next) => {
    const missing = missingFrom(c.env)
    if (missing.length === 0) return next()
    c.set('line', { outcome: 'misconfigured', missing })
    return c.text('Service Unavailable', 503)
  })

  app.post('/slack/events', takeBody, verified, async (c) => {
    const decision = classify('events', c.var.body, c.var)
    const outcome = await carryOut(c, decision)
    if (decision.do === 'challenge') return c.text(decision.text)
    // Slack sends an event again, three times in six minutes, after anything but a 2xx.
    return c.body(null, outcome === 'refused' ? 503 : 200)
  })

  app.post('/slack/interactivity', takeBody, verified, async (c) => {
    const decision = classify('interactivity', c.var.body, c.var)
    const outcome = await carryOut(c, decision)
    // A click is never sent again.
    if (outcome === 'refused' && 'respondTo' in decision)
      c.executionCtx.waitUntil(respond(fetch, decision.respondTo, CLICK_NOT_TAKEN))
    return c.body(null, 200)
  })

  app.post('/slack/commands', takeBody, answerSslCheck, verified, async (c) => {
    const decision = classify('commands', c.var.body, c.var)
    const outcome = await carryOut(c, decision)
    const say = (text: string) => c.json({ response_type: 'ephemeral', text })
    if (decision.do === 'help') return say(help(decision.command))
    // Nor is a command.
    if (decision.do === 'hand_off') return say(outcome === 'refused' ? QUESTION_NOT_TAKEN : ANSWER_FOLLOWS)
    return c.body(null, 200)
  })

  for (const [path, allow] of Object.entries(METHODS)) {
    app.all(path, (c) => {
      c.set('line', { outcome: 'method_not_allowed' })
      return c.text('Method Not Allowed', 405, { allow })
    })
  }

  app.notFound((c) => {
    c.set('line', { outcome: 'not_found' })
    return c.text('Not Found', 404)
  })

  app.onError((error, c) => {
    // The name only: a message can quote what it choked on.
    c.set('line', { outcome: 'error', error: error.name })
    return c.text('Internal Server Error', 500)
  })

  /** Hands off what is to be handed off, and says for the log what was done. */
  async function carryOut(c: Context<EdgeEnv>, decision: Decision): Promise<HandedOff['outcome'] | 'left'> {
    if (decision.do !== 'hand_off') {
      c.set('line', lineOf(decision))
      return 'left'
    }
    const { handoff } = decision
    const ids = idsOf(handoff)
    const eventId = 'eventId' in handoff ? handoff.eventId : undefined
    if (c.var.slackRetryNum > 0 && eventId !== undefined && recent.has(eventId)) {
      c.set('line', { outcome: 'ignored', reason: 'handed_off_before', ...ids })
      return 'left'
    }
    invoke ??= createInvoke(c.env, fetch)
    const handedOff = await handOff(handoff, { invoke, queue: c.env.HANDOFFS })
    if (eventId !== undefined && handedOff.outcome !== 'refused') recent.add(eventId)
    c.set('line', { ...handedOff, ...ids })
    return handedOff.outcome
  }

  return app
}

function lineOf(decision: Exclude<Decision, { do: 'hand_off' }>): EdgeEnv['Variables']['line'] {
  if (decision.do !== 'ignore') return { outcome: decision.do }
  const { reason, eventId } = decision
  return { outcome: 'ignored', reason, ...(eventId !== undefined && { eventId: idOnly(eventId) }) }
}
