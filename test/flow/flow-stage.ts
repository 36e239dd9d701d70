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

/** A question that the stage's knowledge answers, and the sentence that answers it. */
export const QUESTION = mention('where does the VPN guide live?')
export const ANSWER = 'The VPN guide lives under IT, Remote access.'

/** Follows every sentence about a failure. */
export const REFERENCE = /\(Reference: ([0-9a-f]{8})\)/

/** One running stack for the tests of a file. The model and the faults are reset after each test. */
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
  /** Replace the passages of the wiki. */
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
      // Slack grants exactly what the manifest asks for.
      slackApp: { scopes: Object.keys(BOT_SCOPES), botEvents: Object.keys(BOT_EVENTS) },
      ...options,
      knowledge: knowledge === 'none' ? new Map() : bases,
      model: { answer: (request, signal) => stage.model.answer(request, signal) },
      // One file makes more calls in a minute than Slack allows. tiers.test.ts tests the limits.
      slackLimits: { tiers: 'off', ...slackLimits },
      faults: (call) => stage.faults(call),
      streamFaults: (call) => stage.streamFaults(call),
    })
  })
  beforeEach(async () => {
    Object.assign(stage, ordinary, { stack: stage.stack })
    // One file asks more questions in an hour than a person may.
    await stage.stack?.dynamo.deleteItems(TURNS_TABLE, ({ pk }) => String(pk?.S).startsWith('limit#'))
  })
  afterAll(() => stage.stack?.close())
  return stage as Stage
}

/** What can be seen of one question: its replies, and the calls made for it. */
export interface QuestionView {
  channel: string
  threadTs: string
  /** The question's own. */
  ts: string
  /** The assistant's messages after the question, without those that only one person sees. */
  replies: ThreadMessage[]
  /** The text of the only reply. Throws if there is none or more than one. */
  text: string
  calls: readonly Call[]
  /** The methods of the calls that write to Slack, in order. */
  writes: string[]
}

export interface Post {
  text: string
  channel?: string
  user?: string
  threadTs?: string
}

/** Posts as a person, and waits until everything has settled. */
export async function post(stage: Stage, message: Post): Promise<QuestionView> {
  const posted = startPost(stage, message)
  await stage.stack.settled()
  return posted.view()
}

/** Posts as a person, and does not wait. `view` tells what has happened since. */
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

/** The messages of a thread that only one person sees. */
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

/** The first `times` calls of this method meet the fault; every other call passes. */
export function faultOn(method: string, fault: Fault, times = Number.POSITIVE_INFINITY): Faults {
  let left = times
  return (call) => (call.method === method && left-- > 0 ? fault : undefined)
}

/** Slack refuses the call with an error code. */
export function slackError(error: string): Fault {
  return { kind: 'answer', status: 200, body: JSON.stringify({ ok: false, error }) }
}

/** Slack refuses the call and asks to wait. */
export function rateLimited(seconds: number): Fault {
  return {
    kind: 'answer',
    status: 429,
    headers: { 'retry-after': String(seconds) },
    body: '{"ok":false,"error":"ratelimited"}',
  }
}

/** DynamoDB fails; the AWS SDK retries. */
export const BROKEN: Fault = {
  kind: 'answer',
  status: 500,
  body: '{"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError"}',
}

/** DynamoDB refuses a call with an error that nobody retries. */
export const CRASHING: Fault = {
  kind: 'answer',
  status: 400,
  body: '{"__type":"com.amazon.coral.validate#ValidationException","message":"no"}',
}

/** Presses a button of the last message that has one. */
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

/** Resolves when the next call that fits has begun or ended. */
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

/** The invocation that is answering the question posted at `ts`. */
export function invocationFor({ stack }: Stage, ts: string): Invocation {
  const found = stack.lambda.invocations.find(
    ({ payload, outcome, functionName }) =>
      functionName === 'vera-answer' && outcome === 'running' && (payload as { ts?: string }).ts === ts,
  )
  if (!found) throw new Error(`Nothing answers ${ts}.`)
  return found
}

/** True while any question is being answered. */
export function isAnswering({ stack }: Stage): boolean {
  return stack.lambda.invocations.some(
    ({ functionName, outcome }) => functionName === 'vera-answer' && outcome === 'running',
  )
}

/** True for the write to the table that claims a turn. */
export function isClaim({ method, args }: Readonly<Call>): boolean {
  return method === 'PutItem' && claimToken({ args }) !== undefined
}

/** Names the invocation that claims. The AWS SDK repeats a claim with the same token. */
export function claimToken({ args }: Pick<Call, 'args'>): string | undefined {
  return (args.Item as Item | undefined)?.claimToken?.S as string | undefined
}

/** The JSON lines that the functions logged under this message. */
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

/**
 * How the last turn ended. A busy machine can make Slack or the queue deliver a question again: what such a delivery
 * logs does not count.
 */
export function lastOutcome(stage: Stage): unknown {
  return logged(stage, 'turn').findLast(({ outcome }) => outcome !== 'duplicate')?.outcome
}

/** The items of the turns table whose key begins with the prefix. */
export async function stored({ stack }: Stage, prefix: string): Promise<Item[]> {
  return (await stack.dynamo.items(TURNS_TABLE)).filter(({ pk }) => String(pk?.S).startsWith(prefix))
}
