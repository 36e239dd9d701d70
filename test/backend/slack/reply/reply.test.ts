import { describe, expect, test } from 'vitest'
import { SEGMENT_LIMIT_BYTES, SEGMENT_LIMIT_MS } from '../../../../backend/slack/reply/limits.ts'
import { createUnsupportedFeatures } from '../../../../backend/slack/reply/unsupported.ts'
import type { Fault, Faults } from '../../../../playground/calls.ts'
import { deltasOf, joined, longAnswer } from './long-answer.ts'
import { openReplyStage, type ReplyStage } from './reply-stage.ts'

/** Its first code block and its first table are longer than a message. */
const ANSWER = longAnswer(40_000, 240)
/** Said in 285 s, almost all of the time that Lambda gives. */
const DELTAS = deltasOf(ANSWER, 56)
const EVERY_MS = 285_000 / DELTAS.length

const textsOf = (stage: ReplyStage) => stage.replies().map(({ markdown }) => markdown ?? '')
const refused = (error: string) => ({
  kind: 'answer' as const,
  status: 200,
  body: JSON.stringify({ ok: false, error }),
})

/** Responses of a proxy on the way. */
const NOT_JSON = { status: 200, body: '<html>a proxy</html>' }
const ONLY_OK = { status: 200, body: '{"ok":true}' }

/** Lets everything pass but the calls of one method that `fits` picks by their number, from 1. */
function faulty(method: string, fits: (nth: number) => boolean, fault: Fault | Faults): Faults {
  let seen = 0
  return (call) => {
    if (call.method !== method || !fits(++seen)) return undefined
    return typeof fault === 'function' ? fault(call) : fault
  }
}

/** Only the last message has thumbs below it, and nothing is still being written. */
function expectEnded(stage: ReplyStage): void {
  const replies = stage.replies()
  expect(replies.map(({ streaming }) => streaming)).not.toContain('in_progress')
  const thumbs = replies.map(({ blocks }) => blocks.filter(({ type }) => type === 'context_actions').length)
  expect(thumbs).toEqual(replies.map((_, index) => (index === replies.length - 1 ? 1 : 0)))
  expect(stage.slack.session('C00GENERAL', replies[0]?.threadTs ?? '')).toBe('active')
}

describe('an answer of 40,000 characters in 285 s arrives whole and once', () => {
  test('streamed, in several messages within their limits, cut only where Markdown allows it', async () => {
    const stage = await openReplyStage()
    await stage.say(DELTAS, EVERY_MS)
    const texts = textsOf(stage)
    expect(joined(texts, ANSWER)).toBe(ANSWER)
    expect(texts.length).toBeGreaterThan(5)
    for (const text of texts) expect(Buffer.byteLength(text)).toBeLessThanOrEqual(SEGMENT_LIMIT_BYTES)
    expectEnded(stage)

    const shown = new Map<string, string>()
    for (const { method, args } of stage.calls.all) {
      if (method !== 'chat.appendStream') continue
      const ts = String(args.ts)
      const text =
        (shown.get(ts) ?? '') + (args.chunks as { text?: string }[]).map(({ text = '' }) => text).join('')
      // Slack removes white space at both ends of a piece.
      if (shown.has(ts))
        expect(text.slice((shown.get(ts) ?? '').length), 'a piece must not begin with white space').toMatch(
          /^\S/,
        )
      shown.set(ts, text)
      const line = text.slice(text.lastIndexOf('\n') + 1)
      expect(line, 'no link, mention or row may be in two pieces').not.toMatch(
        /\[[^\]]*$|\]\([^)]*$|<@[^>]*$|^\|.*[^|]$/,
      )
    }
    expect(shown.size).toBeGreaterThan(5)
  })

  test('if it takes 900 s and no stream lives longer than five minutes', async () => {
    const slow = DELTAS.slice(0, DELTAS.length / 2)
    const stage = await openReplyStage()
    await stage.say(slow, 900_000 / slow.length)
    expect(joined(textsOf(stage), ANSWER)).toBe(slow.join(''))
    const ages = stage.calls.all
      .filter(({ method }) => method === 'chat.stopStream')
      .map(({ at, args }) => at - Number(args.ts) * 1000)
    expect(ages.length).toBeGreaterThan(3)
    expect(Math.max(...ages)).toBeLessThanOrEqual(SEGMENT_LIMIT_MS + 10_000)
    expectEnded(stage)
  })

  test.each(['feature_not_enabled', 'channel_type_not_supported'])(
    'by posts and updates if startStream says %s',
    async (error) => {
      const stage = await openReplyStage({
        faults: () => faulty('chat.startStream', () => true, refused(error)),
      })
      await stage.say(DELTAS, EVERY_MS)
      expect(joined(textsOf(stage), ANSWER)).toBe(ANSWER)
      expectEnded(stage)
      const updates = stage.calls.all.filter(({ method }) => method === 'chat.update').map(({ at }) => at)
      expect(updates.length).toBeGreaterThan(20)
      expect(updates.length).toBeLessThan(285 / 3 + 20)
    },
  )

  describe.each<[string, Fault]>([
    ['to a call that it has carried out is cut off', { kind: 'cut', carriedOut: true }],
    ['to a call that it has not carried out is cut off', { kind: 'cut' }],
    ['to a call that it has carried out is a 502', { kind: 'answer', status: 502, carriedOut: true }],
    ['to a call that it has not carried out is a 502', { kind: 'answer', status: 502 }],
    ['to a call that it has carried out is not JSON', { kind: 'answer', ...NOT_JSON, carriedOut: true }],
    ['to a call that it has not carried out is not JSON', { kind: 'answer', ...NOT_JSON }],
    ['to a call that it has carried out is fatal_error', { ...refused('fatal_error'), carriedOut: true }],
    ['to a call that it has carried out has no ts', { kind: 'answer', ...ONLY_OK, carriedOut: true }],
  ])("if Slack's answer %s", (_, fault) => {
    test.each(['chat.startStream', 'chat.appendStream', 'chat.stopStream'])(
      'at every third %s',
      async (method) => {
        const stage = await openReplyStage({ faults: () => faulty(method, (nth) => nth % 3 === 1, fault) })
        await stage.say(DELTAS, EVERY_MS)
        expect(joined(textsOf(stage), ANSWER)).toBe(ANSWER)
        expectEnded(stage)
      },
    )

    test.each(['chat.postMessage', 'chat.update'])('at every third %s, without streams', async (method) => {
      const lost = faulty(method, (nth) => nth % 3 === 1, fault)
      const stage = await openReplyStage({
        faults: () => (call) => (call.method === 'chat.startStream' ? refused('unknown_method') : lost(call)),
      })
      await stage.say(DELTAS, EVERY_MS)
      expect(joined(textsOf(stage), ANSWER)).toBe(ANSWER)
      expectEnded(stage)
    })
  })

  test.each([
    ['streamed', undefined],
    ['posted', 'channel_type_not_supported'],
  ])('%s, with its thumbs, if it ends exactly where a message ends', async (_, error) => {
    const answer = `${'word '.repeat(1_400).trimEnd()}\n\n`
    const stage = await openReplyStage({
      faults: () => (call) => (error && call.method === 'chat.startStream' ? refused(error) : undefined),
    })
    await stage.say(deltasOf(answer, 56), 100)
    expect(textsOf(stage).join('')).toBe(answer)
    expectEnded(stage)
  })

  test('if every stream is over by the time we stop it', async () => {
    const stage = await openReplyStage({
      faults: (slack) =>
        faulty(
          'chat.stopStream',
          () => true,
          ({ args }) => void slack.expireStream(String(args.channel), String(args.ts)),
        ),
    })
    await stage.say(DELTAS, EVERY_MS)
    expect(joined(textsOf(stage), ANSWER)).toBe(ANSWER)
    expectEnded(stage)
  })

  test('with its thumbs if its last words end a message that is too old', async () => {
    const lines = Array.from({ length: 25 }, (_, n) => `line ${n}\n`)
    const stage = await openReplyStage()
    await stage.say(lines, 10_000)
    expect(textsOf(stage)).toEqual([lines.join('')])
    expectEnded(stage)
  })

  test.each([
    ['streamed', undefined],
    ['posted', 'channel_type_not_supported'],
  ])('%s, if a message takes only a tenth of what we expect', async (_, error) => {
    const tooLong: Faults = ({ method, args }) => {
      if (method === 'chat.startStream' && error !== undefined) return refused(error)
      const blocks = (args.blocks ?? []) as { type: string; text: string }[]
      const length = blocks.reduce(
        (sum, { type, text }) => sum + (type === 'markdown' ? Buffer.byteLength(text) : 0),
        0,
      )
      return length > 900 ? refused('msg_too_long') : undefined
    }
    const stage = await openReplyStage({ faults: () => tooLong, limits: { streamBytes: 900 } })
    await stage.say(DELTAS.slice(0, 300), EVERY_MS)
    const said = DELTAS.slice(0, 300).join('')
    expect(joined(textsOf(stage), said).replace(/\n```\n$/, '')).toBe(said)
    for (const text of textsOf(stage)) expect(Buffer.byteLength(text)).toBeLessThanOrEqual(900)
    expectEnded(stage)
  })

  test.each(['user_not_found', 'team_not_found', 'msg_too_long'])(
    'if stopStream always says %s, and the session is active at the end',
    async (error) => {
      const stage = await openReplyStage({
        faults: () => faulty('chat.stopStream', () => true, refused(error)),
        limits: { streamLifetimeMs: 245_000 },
      })
      await stage.say(DELTAS, EVERY_MS)
      expect(joined(textsOf(stage), ANSWER)).toBe(ANSWER)
      expect(stage.slack.session('C00GENERAL', stage.replies()[0]?.threadTs ?? '')).toBe('active')
    },
  )

  test.each([60, 2_000])(
    'if an append is lost and the message can no longer be edited (%d words)',
    async (length) => {
      const lost = faulty('chat.appendStream', (nth) => nth === 3, { kind: 'cut' })
      const stage = await openReplyStage({
        faults: () => (call) => (call.method === 'chat.update' ? refused('edit_window_closed') : lost(call)),
      })
      const words = Array.from({ length }, (_, n) => `word${n} `)
      await stage.say(words, 100)
      const shown = textsOf(stage).join(' ').split(/\s+/)
      expect(words.filter((word) => !shown.includes(word.trim()))).toEqual([])
      expect(stage.replies().map(({ streaming }) => streaming)).not.toContain('in_progress')
    },
  )

  test('by posts at the end if Slack limits startStream', async () => {
    const wait: Fault = {
      kind: 'answer',
      status: 429,
      headers: { 'retry-after': '40' },
      body: '{"ok":false,"error":"ratelimited"}',
    }
    const stage = await openReplyStage({ faults: () => faulty('chat.startStream', () => true, wait) })
    await stage.say(DELTAS, EVERY_MS)
    expect(joined(textsOf(stage), ANSWER)).toBe(ANSWER)
    expectEnded(stage)
    expect(stage.calls.all.filter(({ method }) => method === 'chat.update')).toEqual([])
  })

  test('without steps if Slack refuses them in a stream, which we try once', async () => {
    const stepsRefused: Faults = ({ args }) =>
      JSON.stringify(args.chunks ?? '').includes('task_update') ? refused('invalid_chunks') : undefined
    const stage = await openReplyStage({ faults: () => stepsRefused })
    stage.reply.step('search', 'Searched')
    await stage.say(DELTAS, EVERY_MS)
    expect(joined(textsOf(stage), ANSWER)).toBe(ANSWER)
    expectEnded(stage)
    expect(stage.calls.all.filter(({ error }) => error === 'invalid_chunks')).toHaveLength(1)
  })

  test.each(Array.from({ length: 20 }, (_, n) => n + 1))(
    'by updates if Slack ends the stream before append %d',
    async (nth) => {
      const stage = await openReplyStage({
        faults: (slack) =>
          faulty(
            'chat.appendStream',
            (seen) => seen === nth,
            ({ args }) => void slack.expireStream(String(args.channel), String(args.ts)),
          ),
      })
      await stage.say(DELTAS, EVERY_MS)
      expect(stage.calls.all.map(({ method }) => method)).toContain('chat.update')
      expect(joined(textsOf(stage), ANSWER)).toBe(ANSWER)
      expectEnded(stage)
    },
  )

  test.each(
    ['message_not_in_streaming_state', 'internal_error'].flatMap((error) =>
      [1, 2, 20].map((nth) => [error, nth] as const),
    ),
  )('if appends say %s from append %d on though the stream is open', async (error, nth) => {
    const stage = await openReplyStage({
      faults: () => faulty('chat.appendStream', (seen) => seen >= nth, refused(error)),
    })
    await stage.say(DELTAS, EVERY_MS)
    expect(joined(textsOf(stage), ANSWER)).toBe(ANSWER)
    expectEnded(stage)
  })
})

describe('a workspace without streams', () => {
  const HOUR_MS = 3_600_000
  let now = 1_800_000_000_000
  const unsupported = createUnsupportedFeatures({ now: () => now, sleep: async () => undefined })

  test.each([
    ['is asked for one by the first reply', 0, 1],
    ['is not asked for one by the next reply', 1, 0],
    ['is asked for one again after an hour', HOUR_MS, 1],
  ])('%s', async (_, laterMs, starts) => {
    now += laterMs
    const stage = await openReplyStage({
      faults: () => faulty('chat.startStream', () => true, refused('feature_not_enabled')),
      unsupported,
    })
    await stage.say(deltasOf(ANSWER.slice(0, 500), 56), 100)
    expect(stage.calls.all.filter(({ method }) => method === 'chat.startStream')).toHaveLength(starts)
    expectEnded(stage)
  })
})

test('posts leave out the steps, after one try, if the workspace takes no task cards', async () => {
  const unknown: Faults = ({ method, args }) => {
    if (method === 'chat.startStream') return refused('feature_not_enabled')
    return JSON.stringify(args.blocks ?? '').includes('task_card') ? refused('invalid_blocks') : undefined
  }
  const stage = await openReplyStage({ faults: () => unknown })
  stage.reply.step('search', 'Searched')
  await stage.say(['It lives under IT, ', 'Remote access, ', 'since March.'], 5_000)
  expect(textsOf(stage)).toEqual(['It lives under IT, Remote access, since March.'])
  expect(stage.calls.all.filter(({ error }) => error === 'invalid_blocks')).toHaveLength(1)
  expectEnded(stage)
})

test('without agent sessions people see a status until the reply is closed', async () => {
  const none: Faults = ({ method }) =>
    method === 'chat.startStream' || method === 'agents.sessions.setStatus'
      ? refused('feature_not_enabled')
      : undefined
  const stage = await openReplyStage({ faults: () => none })
  await stage.say(deltasOf(ANSWER.slice(0, 500), 56), 500)
  const said = stage.calls.all
    .filter(({ method }) => method === 'assistant.threads.setStatus')
    .map(({ args }) => args.status)
  expect(said).toEqual(['is looking it up…', ''])
  expect(stage.slack.status('C00GENERAL', stage.replies()[0]?.threadTs ?? '')).toBe('')
})

test.each<[string, Fault | undefined]>([
  ['with all appends confirmed', undefined],
  ['after an append without an answer', { kind: 'cut', carriedOut: true }],
  ['after a lost append', { kind: 'cut' }],
])(
  'if Slack asks to wait beyond the end of the invocation, the rest is posted in time, once: %s',
  async (_, lost) => {
    const wait: Fault = {
      kind: 'answer',
      status: 429,
      headers: { 'retry-after': '60' },
      body: '{"ok":false,"error":"ratelimited"}',
    }
    const stage = await openReplyStage({
      faults() {
        const [second, later] = [
          faulty('chat.appendStream', (nth) => nth === 2, lost ?? (() => undefined)),
          faulty('chat.appendStream', (nth) => nth >= 3, wait),
        ]
        return (call) => later(call) ?? second(call)
      },
      remainingMs: 30_000,
    })
    const answer = 'A sentence of eight words, said once more. '.repeat(90).trimEnd()
    await stage.say(deltasOf(answer, 56), 100)
    const [first] = stage.calls.all
    expect((stage.calls.all.at(-1)?.at ?? Number.NaN) - (first?.at ?? Number.NaN)).toBeLessThan(30_000)
    expect(joined(textsOf(stage), answer)).toBe(answer)
    expectEnded(stage)
  },
)

test('a step that completes during a write is shown with the next text', async () => {
  const late: Fault = { kind: 'late', ms: 2_000 }
  const stage = await openReplyStage({
    faults:
      () =>
      ({ method }) =>
        method === 'chat.startStream' || method === 'chat.appendStream' ? late : undefined,
  })
  stage.reply.step('thread', 'Read the thread: 3 messages')
  const said = stage.say(['one ', 'two ', 'three ', 'four'], 700)
  stage.reply.step('search', 'Searched wiki')
  await said
  expect(stage.replies().map(({ tasks }) => tasks.map(({ title, status }) => [title, status]))).toEqual([
    [
      ['Read the thread: 3 messages', 'complete'],
      ['Searched wiki', 'complete'],
    ],
  ])
})
