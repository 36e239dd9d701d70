import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { AwsClient } from 'aws4fetch'
import type { Turn } from '../../backend/handoff.ts'
import { BACKEND_BUNDLE, build, bundleFunction } from '../../infra/build.ts'
import type { Model } from '../../playground/bedrock/models/model.ts'
import { createKnowledgeBase } from '../../playground/bedrock/rank.ts'
import type { Call, Faults } from '../../playground/calls.ts'
import { identity } from '../../playground/slack/identity.ts'
import { type Stack, startStack } from '../../playground/stack.ts'
import { median, ms, percentile, table } from './table.ts'

/** What each far end takes for an answer, in milliseconds; the model for its first token. */
const LATENCY_MS: Record<string, number> = { slack: 80, dynamo: 5, Retrieve: 250, Rerank: 150 }
const PACE = { firstTokenMs: 600, tokensPerSecond: 60 }
const LONG_TOKENS = 600
const SHORT_TOKENS = 20
/** Each a second and a half; the first of each warms its process up and is not counted. */
const ROUNDS = 21

/** Within 40 ms plus 3 % of the floor. */
const AIM = { addMs: 40, share: 1.03 }
const AIM_IN_SEQUENCE = 4

/** Our function beside the least that makes the same calls, with the same simulated latencies. Prints; gates nothing. */
export async function benchBackend(): Promise<void> {
  await build()
  const folder = await mkdtemp(join(tmpdir(), 'vera-bench-'))
  const straight = await bundleFunction(
    fileURLToPath(new URL('./straight-answer.ts', import.meta.url)),
    folder,
  )
  const stacks = await Promise.all([BACKEND_BUNDLE, straight].map(start))
  const [ours, floor] = stacks
  if (!ours || !floor) throw new Error('A stack is missing.')
  try {
    const first: Record<'ours' | 'floor', number[]> = { ours: [], floor: [] }
    for (let round = 0; round < ROUNDS; round++) {
      for (const [name, stack] of round % 2 === 0
        ? [['ours', ours] as const, ['floor', floor] as const]
        : [['floor', floor] as const, ['ours', ours] as const]) {
        const { firstTextMs } = await ask(stack, SHORT_TOKENS)
        if (round > 0) first[name].push(firstTextMs)
      }
    }
    console.log(firstTable(first))
    const long = await ask(ours, LONG_TOKENS)
    console.log(callsTable(long.calls))
    const later = await ask(ours, SHORT_TOKENS, true)
    const alone = await ask(ours, SHORT_TOKENS)
    console.log(sequenceTable(alone.calls, later.calls))
  } finally {
    await Promise.all(stacks.map((stack) => stack.close()))
    await rm(folder, { recursive: true, force: true })
  }
}

let tokens = SHORT_TOKENS
const model: Model = {
  async *answer() {
    for (let n = 0; n < tokens; n++) yield { text: `word${n} ` }
  },
}

function start(bundle: string): Promise<Stack> {
  const passage = (id: string) => ({
    id,
    text: `A passage about question ${id}.`,
    title: id,
    url: `https://wiki.fernwood.example/${id}`,
    path: `${id}.md`,
  })
  const faults: Faults = ({ to, method }) => {
    const latency = LATENCY_MS[method] ?? LATENCY_MS[to]
    return latency === undefined ? undefined : { kind: 'late', ms: latency }
  }
  return startStack({
    knowledge: new Map([
      ['wiki', createKnowledgeBase(['one', 'two', 'three'].map(passage), 'CONFLUENCE')],
      ['runbooks', createKnowledgeBase(['four', 'five'].map(passage), 'WEB')],
    ]),
    model,
    pace: PACE,
    slackLimits: { tiers: 'off' },
    faults,
    bundle,
  })
}

/** One hand-off, as the edge makes it, and what came of it. */
async function ask(
  stack: Stack,
  length: number,
  inThread = false,
): Promise<{ firstTextMs: number; calls: readonly Call[] }> {
  const { slack, lambda, calls, credentials } = stack
  tokens = length
  const post = (threadTs?: string) =>
    slack.post({
      channel: 'C00GENERAL',
      user: 'U00ADA',
      text: 'A question about one passage.',
      ...(threadTs && { threadTs }),
    }).ts
  const root = post()
  const ts = inThread ? post(root) : root
  const turn: Turn = {
    kind: 'turn',
    id: `${identity.appId}:${identity.teamId}:C00GENERAL:${ts}`,
    teamId: identity.teamId,
    appId: identity.appId,
    receivedAt: Date.now(),
    eventId: 'Ev00BENCH',
    botUserId: identity.botUserId,
    trigger: 'app_mention',
    channel: 'C00GENERAL',
    channelType: 'channel',
    ts,
    threadTs: root,
    userId: 'U00ADA',
    userTeamId: identity.teamId,
    text: 'A question about one passage.',
    slackRetryNum: 0,
  }
  await stack.settled()
  await stack.dynamo.deleteItems('vera-turns', ({ pk }) => String(pk?.S).startsWith('limit#'))
  const before = calls.all.length
  const { accessKeyId = '', secretAccessKey = '', function: name = '' } = credentials
  const aws = new AwsClient({
    accessKeyId,
    secretAccessKey,
    region: 'us-east-1',
    service: 'lambda',
    retries: 0,
  })
  await aws.fetch(`${lambda.origin}/2015-03-31/functions/${encodeURIComponent(name)}/invocations`, {
    method: 'POST',
    headers: { 'x-amz-invocation-type': 'Event' },
    body: JSON.stringify(turn),
  })
  await stack.settled()
  const made = calls.all.slice(before)
  const handedOff = made.find(({ method }) => method === 'Invoke')
  const shown = made.find(
    ({ method, args }) => method === 'chat.appendStream' && JSON.stringify(args.chunks).includes('word0'),
  )
  if (!handedOff || !shown) throw new Error('No text was shown.')
  return { firstTextMs: shown.at + shown.ms - (handedOff.at + handedOff.ms), calls: made }
}

function firstTable({ ours, floor }: Record<'ours' | 'floor', number[]>): string {
  const aim = median(floor) * AIM.share + AIM.addMs
  const row = (name: string, all: number[]) => [
    name,
    ms(median(all)),
    (median(all) / median(floor)).toFixed(3),
    ms(percentile(all, 90)),
  ]
  return table(
    `From the hand-off to the first visible words of the model (medians of ${ours.length} turns; aim: ${ms(aim)} ms, ${median(ours) <= aim ? 'reached' : 'not reached'})`,
    ['', 'ms', '×', 'p90 ms'],
    [row('ours', ours), row('floor', floor)],
  )
}

function callsTable(calls: readonly Call[]): string {
  const slack = Map.groupBy(
    calls.filter(({ to }) => to === 'slack'),
    ({ method }) => method,
  )
  return table(
    `Calls to Slack for an answer of ${LONG_TOKENS} tokens at ${PACE.tokensPerSecond} a second`,
    ['', 'calls'],
    [
      ...[...slack].map(([method, made]) => [method, String(made.length)]),
      ['all', String(calls.filter(({ to }) => to === 'slack').length)],
    ],
  )
}

/** The way back from the model: before each call the one that had ended last when it began. The reply is opened beside all. */
function inSequence(calls: readonly Call[]): Call[] {
  const chain: Call[] = []
  let next = calls.find(({ method }) => method === 'ConverseStream')
  while (next) {
    const { at } = next
    const ended = calls.filter(
      (call) => call.to !== 'lambda' && call.method !== 'chat.startStream' && call.at + call.ms <= at,
    )
    next = ended.sort((a, b) => b.at + b.ms - (a.at + a.ms))[0]
    if (next) chain.unshift(next)
  }
  return chain
}

function sequenceTable(alone: readonly Call[], later: readonly Call[]): string {
  const row = (name: string, calls: readonly Call[]) => {
    const chain = inSequence(calls)
    return [name, String(chain.length), chain.map(({ method }) => method).join(' → ')]
  }
  return table(
    `Round trips in sequence before the model is asked (aim: at most ${AIM_IN_SEQUENCE})`,
    ['', 'trips', ''],
    [row('a question that opens a thread', alone), row('a later one', later)],
  )
}
