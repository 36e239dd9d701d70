import { onTestFinished } from 'vitest'
import type { Clock } from '../../../backend/clock.ts'
import { createSlack, type Slack as SlackClient } from '../../../backend/slack/api/client.ts'
import { type Call, type Calls, createCalls, type Faults } from '../../../playground/calls.ts'
import { identity } from '../../../playground/slack/identity.ts'
import type { SlackLimits } from '../../../playground/slack/limits.ts'
import { type Slack, startSlack } from '../../../playground/slack/slack.ts'
import { createFakeClock } from '../../playground/fake-clock.ts'

export interface SlackStage {
  slack: Slack
  calls: Calls
  /** The product's own client of this Slack. */
  client: SlackClient
  /** The clock of both. It moves only inside `run`. */
  clock: Clock
  /** Lets time pass as fast as Slack answers, until `work` is done. */
  run<T>(work: Promise<T>): Promise<T>
}

export interface SlackStageOptions {
  faults?: (slack: Slack) => Faults
  limits?: Partial<SlackLimits>
}

/** After an answer the client needs some turns of the event loop before it makes its next call. */
const QUIET_TURNS = 12

/** The simulated Slack and the product's client of it, both on one clock that nobody waits for. */
export async function openSlackStage(options: SlackStageOptions = {}): Promise<SlackStage> {
  const clock = createFakeClock()
  const calls = createCalls(clock.now)
  let faults: Faults = () => undefined
  /** Calls whose answer waits for the clock. */
  const late = new Set<Readonly<Call>>()
  const slack = await startSlack({
    calls,
    clock,
    faults(call) {
      const fault = faults(call)
      if (fault?.kind === 'late') late.add(call)
      return fault
    },
    limits: { tiers: 'off', ...options.limits },
  })
  faults = options.faults?.(slack) ?? faults
  onTestFinished(() => slack.close())

  const backendClock: Clock = {
    now: clock.now,
    sleep: (ms) => new Promise((resolve) => void clock.after(ms, resolve)),
  }
  const { botToken, teamId, appId } = identity
  const client = createSlack({
    readIdentity: async () => ({ botToken, teamId, appId }),
    apiUrl: slack.apiUrl,
    clock: backendClock,
  })

  let ended = 0
  calls.watch((call, phase) => {
    if (phase !== 'ended') return
    ended += 1
    late.delete(call)
  })

  /** Resolves after a few turns of the event loop in which no call is on its way. */
  async function quiet(): Promise<void> {
    for (let turns = 0; turns < QUIET_TURNS; turns++) {
      if (calls.all.length - ended - late.size > 0 || client.tally().calls > calls.all.length) turns = 0
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  return {
    slack,
    calls,
    client,
    clock: backendClock,
    async run(work) {
      let isDone = false
      const done = work.finally(() => {
        isDone = true
      })
      // Its error is thrown at the end.
      done.catch(() => undefined)
      for (;;) {
        await quiet()
        if (isDone) return done
        clock.advanceToNext()
      }
    },
  }
}
