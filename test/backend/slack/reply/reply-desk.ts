import { expect, onTestFinished } from 'vitest'
import type { Clock } from '../../../../backend/clock.ts'
import { createSlack } from '../../../../backend/slack/api/client.ts'
import { openReply } from '../../../../backend/slack/reply/reply.ts'
import {
  createUnsupportedFeatures,
  type UnsupportedFeatures,
} from '../../../../backend/slack/reply/unsupported.ts'
import { createCitations } from '../../../../backend/turn/citations.ts'
import type { Reply } from '../../../../backend/turn/replies.ts'
import { type Call, type Calls, createCalls, type Faults } from '../../../../playground/calls.ts'
import { identity } from '../../../../playground/slack/identity.ts'
import type { SlackLimits } from '../../../../playground/slack/limits.ts'
import { type Slack, startSlack } from '../../../../playground/slack/slack.ts'
import type { ThreadMessage } from '../../../../playground/slack/thread-view.ts'
import { createFakeClock, type FakeClock } from '../../../playground/fake-clock.ts'
import { LINKS } from './long-answer.ts'

/** The invocation's time, longer than Lambda's 300 s where an answer takes longer. */
const REMAINING_MS = 3_600_000

export interface ReplyDesk {
  slack: Slack
  calls: Calls
  clock: FakeClock
  reply: Reply
  /**
   * Lets a model say these, one every `everyMs`, and closes the reply; time passes as fast as Slack answers.
   */
  say(deltas: readonly string[], everyMs: number): Promise<void>
  /** What of the reply people see in the thread. */
  replies(): ThreadMessage[]
}

interface DeskOptions {
  faults?: (slack: Slack) => Faults
  limits?: Partial<SlackLimits>
  /** What Slack has refused before; nothing, where it is left out. */
  unsupported?: UnsupportedFeatures
  /** Of the invocation. */
  remainingMs?: number
}

/**
 * One reply by the product's own code against the simulated Slack, both on one clock that nobody waits for.
 */
export async function openDesk(options: DeskOptions = {}): Promise<ReplyDesk> {
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
  const { ts } = slack.post({ channel: 'C00GENERAL', user: 'U00ADA', text: 'a question' })
  const { botToken, teamId, appId } = identity
  const door = createSlack({
    readIdentity: async () => ({ botToken, teamId, appId }),
    apiUrl: slack.apiUrl,
    clock: backendClock,
  })
  const owned = new Set<string>()
  const to = {
    turnId: `${appId}:${teamId}:C00GENERAL:${ts}`,
    attempt: 1,
    channel: 'C00GENERAL',
    threadTs: ts,
    ts,
    userId: 'U00ADA',
    userTeamId: teamId,
  }
  const reply = openReply(door, backendClock, to, {
    firstStep: { id: 'thread', title: 'Reading the thread' },
    endsAt: clock.now() + (options.remainingMs ?? REMAINING_MS),
    unsupported: options.unsupported ?? createUnsupportedFeatures(backendClock),
    interrupt: () => undefined,
    recordStream: async (opened) => void owned.add(opened),
    adoptStream: async (found) => !owned.has(found),
    holdsClaim: async () => true,
  })

  /**
   * Lets time pass until `work` is done: on to what is due next, whenever nothing is on its way to Slack or
   * back.
   */
  async function pass(work: Promise<void>): Promise<void> {
    let done = false
    const ended = work.finally(() => {
      done = true
    })
    while (!done) {
      await quiet()
      clock.advanceToNext()
    }
    return ended
  }

  /** A few turns of the event loop in which no call is on its way. */
  async function quiet(): Promise<void> {
    for (let turns = 0; turns < QUIET_TURNS; turns++) {
      if (calls.all.length - ended - late.size > 0 || door.tally().calls > calls.all.length) turns = 0
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  let ended = 0
  calls.watch((call, phase) => {
    if (phase !== 'ended') return
    ended += 1
    late.delete(call)
  })

  return {
    slack,
    calls,
    clock,
    reply,
    say: (deltas, everyMs) =>
      pass(
        (async () => {
          const citations = createCitations([], { urls: LINKS, userIds: new Set(['U00ADA']) })
          for (const delta of deltas) {
            await backendClock.sleep(everyMs)
            reply.say(citations.transform(delta))
          }
          reply.say(citations.flush())
          expect(await reply.close({ sources: [], offer: 'thumbs' })).toBe('closed')
        })(),
      ),
    replies: () =>
      slack.thread('C00GENERAL', ts).filter(({ user, deleted }) => user === identity.botUserId && !deleted),
  }
}

/** What the client does with an answer takes some turns of the event loop. */
const QUIET_TURNS = 12
