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
import { callsTable, firstTextTable, sequenceTable } from './backend-tables.ts'

/** How long each far end takes to answer. */
const LATENCY_MS: Record<string, number> = { slack: 80, dynamo: 5, Retrieve: 250, Rerank: 150 }
/** How fast the model is. */
const PACE = { firstTokenMs: 600, tokensPerSecond: 60 }
const LONG_TOKENS = 600
const SHORT_TOKENS = 20
/** Turns of each function, at 1.5 s. The first one warms the process up and does not count. */
const ROUNDS = 21

/**
 * Compares our function with the smallest one that makes the same calls, at simulated latencies. Only prints.
 */
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
    console.log(firstTextTable(first))
    const long = await ask(ours, LONG_TOKENS)
    console.log(
      callsTable(
        `Calls to Slack for an answer of ${LONG_TOKENS} tokens at ${PACE.tokensPerSecond} a second`,
        long.calls,
      ),
    )
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

/** Hands a question over as the edge does, and waits for the answer. */
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
