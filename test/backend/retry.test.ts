import { expect, test } from 'vitest'
import type { Clock } from '../../backend/clock.ts'
import { type NextTry, type RetryLimits, retry } from '../../backend/retry.ts'

/** A clock that only a sleep moves, and at once. */
function createSleepingClock(): Clock {
  let now = 0
  return {
    now: () => now,
    async sleep(ms) {
      now += ms
    },
  }
}

/** Retries something that always asks for `next`, and returns when each try was made and how it ended. */
async function triesOf(next: NextTry, limits: Omit<Partial<RetryLimits>, 'clock'> = {}) {
  const clock = createSleepingClock()
  const at: number[] = []
  const last = await retry({ clock, ...limits, afterValue: () => next }, async () => at.push(clock.now()))
  return { at, last }
}

test.each<[string, NextTry, Omit<Partial<RetryLimits>, 'clock'>, number[]]>([
  ['stops after a success', 'stop', {}, [0]],
  [
    'doubles its pause up to eight seconds',
    'back off',
    { tries: 8 },
    [0, 500, 1_500, 3_500, 7_500, 15_500, 23_500, 31_500],
  ],
  [
    'uses the backoff that it is given',
    'back off',
    { tries: 3, backoff: { firstMs: 3, mostMs: 3 } },
    [0, 3, 6],
  ],
  ['begins no pause that would end at its limit', 'back off', { until: 3_500 }, [0, 500, 1_500]],
  [
    'waits as long as it is asked to, twice as long the next time, whatever the number of tries',
    { waitMs: 40 },
    { tries: 1, until: 300 },
    [0, 40, 120, 280],
  ],
  [
    'waits eight seconds at most, if it is not asked for more',
    { waitMs: 5_000 },
    { until: 30_000 },
    [0, 5_000, 13_000, 21_000, 29_000],
  ],
  ['makes no further try once its signal has fired', 'back off', { signal: AbortSignal.abort() }, [0]],
])('retry %s', async (_, next, limits, at) => {
  expect(await triesOf(next, limits)).toEqual({ at, last: at.length })
})

test('retry pauses in the same steps after waits that it was asked for', async () => {
  const clock = createSleepingClock()
  const asked: NextTry[] = ['back off', { waitMs: 40 }, 'back off', 'stop']
  const at: number[] = []
  await retry({ clock, afterValue: (nth) => asked[nth - 1] ?? 'stop' }, async () => at.push(clock.now()))
  expect(at).toEqual([0, 500, 540, 1_540])
})

test('retry ends its pause when the signal fires, and gives the last result', async () => {
  const controller = new AbortController()
  const clock = { now: () => 0, sleep: () => new Promise<void>(() => controller.abort()) }
  const tried = retry({ clock, signal: controller.signal, afterError: () => 'back off' }, () =>
    Promise.reject(new Error('paused')),
  )
  await expect(tried).rejects.toThrow('paused')
})

test('retry rejects at once with an error that is not worth another try', async () => {
  const errors = [new Error('busy'), new Error('refused'), new Error('never reached')]
  const clock = { now: () => 0, sleep: async () => undefined }
  const afterError = (error: unknown): NextTry => (error === errors[0] ? 'back off' : 'stop')
  let tries = 0
  await expect(retry({ clock, afterError }, () => Promise.reject(errors[tries++]))).rejects.toBe(errors[1])
})
