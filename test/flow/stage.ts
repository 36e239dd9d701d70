import { afterAll, beforeAll, beforeEach, onTestFinished } from 'vitest'
import { extractive } from '../../playground/bedrock/extractive.ts'
import type { GuardrailPolicy } from '../../playground/bedrock/guardrail.ts'
import type { StoredPassage } from '../../playground/bedrock/knowledge-base.ts'
import type { Model } from '../../playground/bedrock/model.ts'
import { createKnowledgeBase } from '../../playground/bedrock/rank.ts'
import type { StreamFaults } from '../../playground/bedrock/stream-fault.ts'
import type { Call, Faults } from '../../playground/calls.ts'
import { identity } from '../../playground/slack/identity.ts'
import type { ThreadMessage } from '../../playground/slack/thread-view.ts'
import { type Stack, startStack } from '../../playground/stack.ts'

const VPN: StoredPassage = {
  id: 'vpn',
  text: 'The VPN guide lives under IT, Remote access. The VPN gateway is vpn7.fernwood.example, port 4433. See https://status.fernwood.example/vpn when it is down.',
  title: 'Remote access › VPN',
  url: 'https://wiki.fernwood.example/it/remote-access#vpn',
  updated: '2026-03-01',
  path: 'it/remote-access.md',
}
const LAPTOPS: StoredPassage = {
  id: 'laptops',
  text: 'Laptops are replaced every 38 months. Order through form LT-12.',
  title: 'Laptops',
  url: 'https://wiki.fernwood.example/it/laptops',
  path: 'it/laptops.md',
}
const RUNBOOK: StoredPassage = {
  id: 'runbook',
  text: 'When the VPN gateway is down, page the network on-call with code NET-9.',
  title: 'Runbook: VPN gateway',
  url: 'https://runbooks.fernwood.example/vpn',
  path: 'vpn.md',
}

/** One running stack for the tests of a file, and what a test may change of it; all of it is put back after each test. */
export interface Stage {
  stack: Stack
  model: Model
  faults: Faults
  streamFaults: StreamFaults
}

export function openStage(options: { knowledge?: 'none'; guardrail?: GuardrailPolicy; lambdaTimeoutSeconds?: number } = {}): Stage {
  const stage: Pick<Stage, 'model' | 'faults' | 'streamFaults'> & { stack?: Stack } = {
    model: extractive,
    faults: () => undefined,
    streamFaults: () => undefined,
  }
  const ordinary = { ...stage }
  beforeAll(async () => {
    const knowledge = new Map([
      ['wiki', createKnowledgeBase([VPN, LAPTOPS], 'CONFLUENCE')],
      ['runbooks', createKnowledgeBase([RUNBOOK], 'WEB')],
    ])
    stage.stack = await startStack({
      knowledge: options.knowledge === 'none' ? new Map() : knowledge,
      model: { answer: (request, signal) => stage.model.answer(request, signal) },
      pace: { firstTokenMs: 0, tokensPerSecond: 0 },
      // A whole file asks more in a minute than a workspace may; the tiers have tests of their own.
      slackLimits: { tiers: 'off' },
      faults: (call) => stage.faults(call),
      streamFaults: (call) => stage.streamFaults(call),
      redeliverAfterMs: 20,
      ...(options.guardrail && { guardrail: options.guardrail }),
      ...(options.lambdaTimeoutSeconds && { lambdaTimeoutSeconds: options.lambdaTimeoutSeconds }),
    })
  })
  beforeEach(() => {
    Object.assign(stage, ordinary, { stack: stage.stack })
  })
  afterAll(() => stage.stack?.close())
  return stage as Stage
}

/** What happened to one question. */
export interface Seen {
  channel: string
  threadTs: string
  /** Everything in the thread that the assistant wrote and people can see. */
  replies: ThreadMessage[]
  /** The one reply's text; fails where there is not exactly one. */
  text: string
  calls: readonly Call[]
  /** Of the bot's calls to Slack that write, the methods in their order. */
  writes: string[]
}

/** Somebody posts, and everything settles. */
export async function post({ stack }: Stage, message: { text: string; channel?: string; user?: string; threadTs?: string }): Promise<Seen> {
  const { channel = 'C00GENERAL', user = 'U00ADA', text, threadTs } = message
  const before = stack.calls.all.length
  const { ts } = stack.slack.post({ channel, user, text, ...(threadTs !== undefined && { threadTs }) })
  await stack.settled()
  return seen(stack, channel, threadTs ?? ts, ts, before)
}

export function seen(stack: Stack, channel: string, threadTs: string, since: string, before: number): Seen {
  const replies = stack.slack
    .thread(channel, threadTs)
    .filter(({ user, deleted, ts }) => user === identity.botUserId && !deleted && ts > since)
  const calls = stack.calls.all.slice(before)
  return {
    channel,
    threadTs,
    replies,
    get text() {
      const [only, ...more] = replies
      if (!only || more.length > 0) throw new Error(`The thread holds ${replies.length} replies, not one.`)
      return only.markdown ?? only.text
    },
    calls,
    writes: calls.filter(({ to, method }) => to === 'slack' && /^chat\.|^agents\./.test(method)).map(({ method }) => method),
  }
}

export function mention(question: string): string {
  return `<@${identity.botUserId}> ${question}`
}

/** Lets everything pass but the calls of these methods: the first `times` of them end as given. */
export function failing(method: string, fault: NonNullable<ReturnType<Faults>>, times = Number.POSITIVE_INFINITY): Faults {
  let left = times
  return (call) => (call.method === method && left-- > 0 ? fault : undefined)
}

/** Resolves when a call that fits has been made. */
export function called({ stack }: Stage, fits: (call: Call) => boolean, phase: 'begun' | 'ended' = 'ended'): Promise<Call> {
  return new Promise((resolve) => {
    const unwatch = stack.calls.watch((call, at) => {
      if (at === phase && fits(call)) {
        unwatch()
        resolve(call)
      }
    })
    onTestFinished(unwatch)
  })
}
