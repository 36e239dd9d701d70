import { expect, test, vi } from 'vitest'
import type { Handoff } from '../../backend/handoff.ts'
import { IGNORE_REASONS } from '../../edge/classify/decision.ts'
import { randomOf } from '../random.ts'
import { createEdge } from './edge.ts'
import { generateRequest, WORD } from './envelopes.ts'
import { type Fields, signed } from './slack-request.ts'

const REQUESTS = 20_000
/** Some hundred times what a quiet machine needs; a machine with many busy processes has needed 152 s. */
const TIME_LIMIT_MS = 600_000
/** One in this many requests is changed after it was signed. */
const FORGED_EVERY = 25

/** Every outcome that classify can lead to, as the request's log line names it. */
const OUTCOMES = [
  'invoked turn',
  'invoked stop',
  'invoked feedback',
  'invoked retry',
  'invoked command',
  'challenge',
  'help',
  'unauthorized',
  ...IGNORE_REASONS.map((reason) => `ignored ${reason}`),
]

/**
 * Says why the edge should not have made this handoff. Reads the payload independently of the edge's code.
 */
function objection({ kind }: Handoff, payload: Fields | undefined): string | undefined {
  if (kind === 'feedback' || kind === 'retry') {
    const channel = (payload?.channel as Fields | undefined)?.id
    const value = String(((payload?.actions as Fields[] | undefined)?.[0] as Fields | undefined)?.value)
    return value.includes(`:${channel}:`) || value.includes(':command:') ? undefined : 'another channel'
  }
  if (kind !== 'turn') return undefined
  const event = (payload?.event ?? {}) as Fields
  const forms = [undefined, null, 'file_share', 'thread_broadcast', 'me_message', 'bot_message']
  if (!forms.includes(event.subtype as string)) return 'a system message'
  if (event.edited || event.hidden) return 'an edit, or hidden'
  if (event.bot_id || event.app_id || event.bot_profile || event.user === 'U00VERA') return 'a bot'
  if (
    payload?.is_ext_shared_channel !== false &&
    (event.user_team ?? event.team ?? payload?.team_id) !== 'T00FAKE'
  )
    return 'an outsider'
  const addressed =
    event.type === 'app_mention' || event.channel_type === 'im' || String(event.channel).startsWith('D')
  return addressed || String(event.text).includes('<@U00VERA>') ? undefined : 'not addressed'
}

test(`${REQUESTS} random requests: each is answered and logged once, and no handoff is wrong`, {
  timeout: TIME_LIMIT_MS,
}, async () => {
  const edge = createEdge()
  const random = randomOf(20_261_124)
  const lines: string[] = []
  const spies = (['log', 'warn', 'error'] as const).map((level) =>
    vi.spyOn(console, level).mockImplementation((...printed) => void lines.push(printed.join(' '))),
  )
  const statuses = new Map<number, number>()
  const objections: string[] = []
  let parsed = 0
  for (let n = 1; n <= REQUESTS; n++) {
    const generated = generateRequest(random)
    const init = await signed(generated.body)
    if (generated.parsed) parsed++
    const forged = n % FORGED_EVERY === 0
    const before = edge.invokes.length
    const response = await edge.request(
      generated.path,
      forged ? { ...init, headers: { ...init.headers, 'x-slack-request-timestamp': '1' } } : init,
    )
    statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1)
    for (const { handoff } of edge.invokes.slice(before)) {
      const why = forged ? 'forged' : objection(handoff, generated.parsed ?? readAnyway(generated.body))
      if (why !== undefined) objections.push(`${why}: ${JSON.stringify(generated.parsed)}`)
    }
  }
  for (const spy of spies) spy.mockRestore()

  const counts = new Map(OUTCOMES.map((outcome) => [outcome, 0]))
  for (const line of lines) {
    const { outcome, reason, kind } = JSON.parse(line)
    const name =
      outcome === 'ignored' ? `ignored ${reason}` : outcome === 'invoked' ? `invoked ${kind}` : outcome
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  // To see it: npx vitest run --project edge test/edge/property.test.ts --silent=false
  console.log([...counts].map(([outcome, count]) => `${String(count).padStart(6)}  ${outcome}`).join('\n'))

  expect([...statuses.keys()].filter((status) => status !== 200 && status !== 401)).toEqual([])
  expect(lines).toHaveLength(REQUESTS)
  expect(REQUESTS - (statuses.get(401) ?? 0)).toBeGreaterThanOrEqual(0.9 * REQUESTS)
  expect(parsed).toBeGreaterThanOrEqual(REQUESTS / 2)
  expect(objections).toEqual([])
  expect(lines.filter((line) => line.includes(WORD))).toEqual([])
  expect([...counts].filter(([outcome, count]) => count === 0 || !OUTCOMES.includes(outcome))).toEqual([])
})

/** A damaged body can still be valid JSON, for example if only a byte inside a text is wrong. */
function readAnyway(body: string | Uint8Array): Fields | undefined {
  const text = typeof body === 'string' ? body : new TextDecoder().decode(body)
  try {
    return JSON.parse(new URLSearchParams(text).get('payload') ?? text)
  } catch {
    return undefined
  }
}
