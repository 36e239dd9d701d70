import { describe, expect, test } from 'vitest'
import { retryWrite } from '../../../backend/slack/api/retry.ts'
import { UNSTATED_WAIT_MS } from '../../../backend/slack/api/write-result.ts'
import type { Fault } from '../../../playground/calls.ts'
import { openReplyStage } from './reply/reply-stage.ts'
import { openSlackStage } from './slack-stage.ts'

const limited = (retryAfter: string | undefined): Fault => ({
  kind: 'answer',
  status: 429,
  headers: retryAfter === undefined ? {} : { 'retry-after': retryAfter },
  body: '{"ok":false,"error":"ratelimited"}',
})

/** Values that Slack, or a proxy before it, may send, and the wait that we make of each. */
const WAITS: [string, string | undefined, number][] = [
  ['0', '0', 500],
  ['-5', '-5', 500],
  ['nothing', undefined, UNSTATED_WAIT_MS],
  ['an empty text', '', UNSTATED_WAIT_MS],
  ['no number', 'soon', UNSTATED_WAIT_MS],
  ['a date', 'Wed, 21 Oct 2026 07:28:00 GMT', UNSTATED_WAIT_MS],
  ['1', '1', 1_000],
  ['100000', '100000', 100_000_000],
]

test.each(WAITS)(
  'a write that Slack limits with %s as Retry-After has to wait, and was not done',
  async (_, header, waitMs) => {
    const { client, calls } = await openSlackStage({ faults: () => () => limited(header) })
    const written = await client.mutate(({ chat }) =>
      chat.postMessage({ channel: 'C00GENERAL', text: 'hello' }),
    )
    expect(written).toEqual({ outcome: 'wait', waitMs })
    expect(calls.all).toHaveLength(1)
  },
)

describe.each(WAITS)('if Slack always limits with %s as Retry-After', (_, header, leastMs) => {
  test('the pauses between the tries grow, up to eight seconds or as long as Slack asks', async () => {
    const { client, clock, calls, run } = await openSlackStage({ faults: () => () => limited(header) })
    const write = () =>
      client.mutate(({ chat }) => chat.postMessage({ channel: 'C00GENERAL', text: 'hello' }))
    const result = await run(retryWrite({ clock, until: clock.now() + 60_000 }, write))
    expect(result.outcome).toBe('wait')
    const at = calls.all.map((call) => call.at)
    const pauses = at.slice(1).map((time, nth) => time - (at[nth] ?? Number.NaN))
    expect(pauses).toEqual([...pauses].toSorted((a, b) => a - b))
    expect(pauses.length).toBeLessThan(12)
    if (leastMs < 60_000) {
      expect(pauses[0]).toBeGreaterThanOrEqual(leastMs)
      expect(pauses.at(-1)).toBe(8_000)
    } else expect(pauses).toEqual([])
  })
})

describe('an answer arrives whole', () => {
  test.each(WAITS)('if Slack limits five appends with %s as Retry-After', async (_, header) => {
    let limits = 5
    const stage = await openReplyStage({
      faults:
        () =>
        ({ method }) =>
          method === 'chat.appendStream' && limits-- > 0 ? limited(header) : undefined,
      remainingMs: 300_000,
    })
    const words = Array.from({ length: 50 }, (_, n) => `word${n} `)
    await stage.say(words, 100)
    const shown = stage
      .replies()
      .map(({ markdown = '' }) => markdown)
      .join('')
    expect(shown.trim()).toBe(words.join('').trim())
    const appends = stage.calls.all.filter(({ method }) => method === 'chat.appendStream')
    expect(appends.length).toBeLessThan(20)
  })

  test.each(WAITS)('if Slack limits five posts with %s as Retry-After', async (_, header) => {
    let limits = 5
    const stage = await openReplyStage({
      faults:
        () =>
        ({ method }) => {
          if (method === 'chat.startStream') return limited('1')
          return method === 'chat.postMessage' && limits-- > 0 ? limited(header) : undefined
        },
      remainingMs: 300_000,
    })
    await stage.say(['It lives ', 'under IT.'], 100)
    expect(stage.replies().map(({ markdown }) => markdown)).toEqual(['It lives under IT.'])
  })
})
