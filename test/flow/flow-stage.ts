import { afterAll, beforeAll, beforeEach, onTestFinished } from 'vitest'
import { BOT_EVENTS, BOT_SCOPES } from '../../infra/settings/slack-manifest.ts'
import { TURNS_TABLE } from '../../playground/account.ts'
import type { StoredPassage } from '../../playground/bedrock/knowledge-base.ts'
import { extractive } from '../../playground/bedrock/models/extractive.ts'
import type { Model } from '../../playground/bedrock/models/model.ts'
import { createKnowledgeBase } from '../../playground/bedrock/rank.ts'
import type { StreamFaults } from '../../playground/bedrock/stream-fault.ts'
import type { Call, Fault, Faults } from '../../playground/calls.ts'
import type { Item } from '../../playground/dynamo.ts'
import type { Invocation } from '../../playground/lambda/invocations.ts'
import { identity } from '../../playground/slack/identity.ts'
import type { SlackLimits } from '../../playground/slack/limits.ts'
import type { ThreadMessage } from '../../playground/slack/thread-view.ts'
import { type Stack, type StackOptions, startStack } from '../../playground/stack.ts'

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

/** A question of the stage's knowledge, and what answers it. */
export const QUESTION = mention('where does the VPN guide live?')
export const ANSWER = 'The VPN guide lives under IT, Remote access.'

/** What stands under a sentence about a failure. */
export const REFERENCE = /\(Reference: ([0-9a-f]{8})\)/

/** One running stack for the tests of a file, and what a test may change of it; all of it is put back after each test. */
export interface Stage {
  stack: Stack
  model: Model
  faults: Faults
  streamFaults: StreamFaults
}

export type StageOptions = Omit<
  Partial<StackOptions>,
  'knowledge' | 'slackLimits' | 'model' | 'faults' | 'streamFaults'
> & {
  knowledge?: 'none'
  /** In place of the wiki's. */
  passages?: readonly StoredPassage[]
  slackLimits?: Partial<SlackLimits>
}

export function openStage({
  knowledge,
  passages = [VPN, LAPTOPS],
  slackLimits,
  ...options
}: StageOptions = {}): Stage {
  const stage: Pick<Stage, 'model' | 'faults' | 'streamFaults'> & { stack?: Stack } = {
    model: extractive,
    faults: () => undefined,
    streamFaults: () => undefined,
  }
  const ordinary = { ...stage }
  beforeAll(async () => {
    const bases = new Map([
      ['wiki', createKnowledgeBase([...passages], 'CONFLUENCE')],
      ['runbooks', createKnowledgeBase([RUNBOOK], 'WEB')],
    ])
    stage.stack = await startStack({
      pace: { firstTokenMs: 0, tokensPerSecond: 0 },
      redeliverAfterMs: 20,
      // Slack gives the app what its manifest asks for, and nothing else.
      slackApp: { scopes: Object.keys(BOT_SCOPES), botEvents: Object.keys(BOT_EVENTS) },
      ...options,
      knowledge: knowledge === 'none' ? new Map() : bases,
      model: { answer: (request, signal) => stage.model.answer(request, signal) },
      // A whole file asks more in a minute than a workspace may; the tiers have tests of their own.
      slackLimits: { tiers: 'off', ...slackLimits },
      faults: (call) => stage.faults(call),
      streamFaults: (call) => stage.streamFaults(call),
    })
  })
  beforeEach(async () => {
    Object.assign(stage, ordinary, { stack: stage.stack })
    // A file asks more in an hour than a person may.
    await stage.stack?.dynamo.deleteItems(TURNS_TABLE, ({ pk }) => String(pk?.S).startsWith('limit#'))
  })
  afterAll(() => stage.stack?.close())
  return stage as Stage
}

/** What happened to one question. */
export interface QuestionView {
  channel: string
  threadTs: string
  /** Of the question. */
  ts: string
  /** Everything in the thread that the assistant wrote and everybody can see. */
  replies: ThreadMessage[]
  /** The one reply's text; fails where there is not exactly one. */
  text: string
  calls: readonly Call[]
  /** Of the bot's calls to Slack that write, the methods in their order. */
  writes: string[]
}

export interface Post {
  text: string
  channel?: string
  user?: string
  threadTs?: string
}

/** Somebody posts, and everything settles. */
export async function post(stage: Stage, message: Post): Promise<QuestionView> {
  const posted = startPost(stage, message)
  await stage.stack.settled()
  return posted.view()
}

/** Somebody posts; what comes of it can be seen later. */
export function startPost(
  { stack }: Stage,
  message: Post,
): { ts: string; threadTs: string; channel: string; view(): QuestionView } {
  const { channel = 'C00GENERAL', user = 'U00ADA', text, threadTs } = message
  const before = stack.calls.all.length
  const { ts } = stack.slack.post({ channel, user, text, ...(threadTs !== undefined && { threadTs }) })
  const root = threadTs ?? ts
  return { ts, threadTs: root, channel, view: () => viewOf(stack, channel, root, ts, before) }
}

export function viewOf(
  stack: Stack,
  channel: string,
  threadTs: string,
  ts: string,
  before: number,
): QuestionView {
  const replies = stack.slack
    .thread(channel, threadTs)
    .filter(
      (message) =>
        message.user === identity.botUserId &&
        !message.deleted &&
        message.ts > ts &&
        message.ephemeralTo === undefined,
    )
  const calls = stack.calls.all.slice(before)
  return {
    channel,
    threadTs,
    ts,
    replies,
    get text() {
      const [only, ...more] = replies
      if (!only || more.length > 0) throw new Error(`The thread holds ${replies.length} replies, not one.`)
      return textOf(only)
    },
    calls,
    writes: calls
      .filter(({ to, method }) => to === 'slack' && /^chat\.|^agents\./.test(method))
      .map(({ method }) => method),
  }
}

export function textOf({ markdown, text }: ThreadMessage): string {
  return markdown ?? text
}

/** What only one person sees in a thread. */
export function ephemerals(
  { stack }: Stage,
  channel: string,
  threadTs: string,
): { to: string; text: string }[] {
  return stack.slack
    .thread(channel, threadTs)
    .flatMap((message) =>
      message.ephemeralTo === undefined ? [] : [{ to: message.ephemeralTo, text: textOf(message) }],
    )
}

export function mention(question: string): string {
  return `<@${identity.botUserId}> ${question}`
}

/** Lets everything pass but the calls of these methods: the first `times` of them end as given. */
export function faultOn(method: string, fault: Fault, times = Number.POSITIVE_INFINITY): Faults {
  let left = times
  return (call) => (call.method === method && left-- > 0 ? fault : undefined)
}

/** Slack refuses. */
export function slackError(error: string): Fault {
  return { kind: 'answer', status: 200, body: JSON.stringify({ ok: false, error }) }
}

/** Slack asks to wait. */
export function rateLimited(seconds: number): Fault {
  return {
    kind: 'answer',
    status: 429,
    headers: { 'retry-after': String(seconds) },
    body: '{"ok":false,"error":"ratelimited"}',
  }
}

/** Presses a button of the last message that has it. */
export async function press(
  { stack }: Stage,
  { channel, threadTs }: { channel: string; threadTs: string },
  button: { actionId: 'retry' | 'feedback'; value?: 'positive' | 'negative'; user?: string },
): Promise<void> {
  const { actionId, value, user = 'U00ADA' } = button
  const message = stack.slack
    .thread(channel, threadTs)
    .findLast(({ blocks }) => JSON.stringify(blocks).includes(`"action_id":"${actionId}"`))
  if (!message) throw new Error(`There is no button ${actionId} in the thread.`)
  const full = /"value":"([^"]+)"/g
  const values = [...JSON.stringify(message.blocks).matchAll(full)].map(([, one = '']) => one)
  const pressed = value === undefined ? undefined : values.find((one) => one.endsWith(`|${value}`))
  await stack.slack.pressButton({
    channel,
    ts: message.ts,
    user,
    actionId,
    ...(pressed !== undefined && { value: pressed }),
  })
}

/** Resolves when a call that fits has been made. */
export function untilCall(
  { stack }: Stage,
  fits: (call: Call) => boolean,
  phase: 'begun' | 'ended' = 'ended',
): Promise<Call> {
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

/** The invocation that answers the question posted at `ts` now. */
export function invocationFor({ stack }: Stage, ts: string): Invocation {
  const found = stack.lambda.invocations.find(
    ({ payload, outcome, functionName }) =>
      functionName === 'vera-answer' && outcome === 'running' && (payload as { ts?: string }).ts === ts,
  )
  if (!found) throw new Error(`Nothing answers ${ts}.`)
  return found
}

/** Whether an answer is under way. */
export function isAnswering({ stack }: Stage): boolean {
  return stack.lambda.invocations.some(
    ({ functionName, outcome }) => functionName === 'vera-answer' && outcome === 'running',
  )
}

/** A write to the table by which an invocation claims a turn. */
export function isClaim({ method, args }: Readonly<Call>): boolean {
  return method === 'PutItem' && claimToken({ args }) !== undefined
}

/** Differs for each invocation, and is the same when an invocation repeats a claim whose answer was lost. */
export function claimToken({ args }: Pick<Call, 'args'>): string | undefined {
  return (args.Item as Item | undefined)?.claimToken?.S as string | undefined
}

/** The lines of JSON that the functions have logged under this message. */
export function logged(
  { stack }: Stage,
  message: 'turn' | 'apology' | 'feedback' | 'stop',
): Record<string, unknown>[] {
  return stack.lambda.invocations.flatMap(({ logs }) =>
    logs.flatMap((line) => {
      const read = line.startsWith('{') ? (JSON.parse(line) as Record<string, unknown>) : {}
      return read.message === message ? [read] : []
    }),
  )
}

/** The items of the turns table whose key begins so. */
export async function stored({ stack }: Stage, prefix: string): Promise<Item[]> {
  return (await stack.dynamo.items(TURNS_TABLE)).filter(({ pk }) => String(pk?.S).startsWith(prefix))
}
