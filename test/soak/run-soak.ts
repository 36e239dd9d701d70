import { TURNS_TABLE } from '../../playground/account.ts'
import { createKnowledgeBase } from '../../playground/bedrock/rank.ts'
import type { Faults } from '../../playground/calls.ts'
import { identity } from '../../playground/slack/identity.ts'
import type { SlackLimits } from '../../playground/slack/limits.ts'
import { type Stack, startStack } from '../../playground/stack.ts'
import { randomOf } from '../random.ts'
import { bedrockFault, passingFault, streamFault } from './faults.ts'
import { answering, askedIn, questionOf } from './questions.ts'
import { judge, type Verdict } from './verdict.ts'

export interface Soak {
  /** Printed as the title. */
  what: string
  turns: number
  atOnce: number
  /** Bedrock fails and processes are killed, too. */
  hard: boolean
  /** Slack's rate limits. If absent, Slack has none, and faults happen. */
  limits?: Partial<SlackLimits>
  /** The verdicts that pass. */
  passing: readonly Verdict[]
  /** The most calls of the model for one turn: one, and the SDK's retries before the first event. */
  mostModelCalls: number
}

/** The share of events that Lambda delivers twice. */
const DELIVERED_TWICE = 0.2
/** The share of invocations that are killed, each after a random number of calls. */
const KILLED = 0.1
const KILLED_WITHIN_CALLS = 25
/** So many that nobody asks more questions than a person may in an hour. */
const PEOPLE = 15

/** deployment.reservedConcurrency in assistant.config.ts. */
const CONCURRENCY = 20
const SHOWN_BAD = 5

/** Runs one soak and prints what happened. Resolves with whether every question got a passing verdict. */
export async function runSoak(
  { what, turns, atOnce, hard, limits, passing, mostModelCalls }: Soak,
  seed: number,
): Promise<boolean> {
  const random = randomOf(seed)
  const knowledge = createKnowledgeBase([{ id: 'all', text: 'Every answer to a question is here.', title: 'All', url: 'https://wiki.fernwood.example/all', path: 'all.md' }], 'CONFLUENCE') // biome-ignore format: one line
  const killAt = new Map<string, number>()
  let killed = 0

  const faults: Faults = (call) => {
    if (hard) killSome()
    if (limits) return undefined
    return passingFault(call, random, expire) ?? (hard ? bedrockFault(call, random) : undefined)
  }
  const stack: Stack = await startStack({
    knowledge: new Map([['wiki', knowledge]]),
    model: answering,
    pace: { firstTokenMs: 200, tokensPerSecond: 30 },
    slackLimits: limits ?? { tiers: 'off' },
    faults: (call) => faults(call),
    streamFaults: () => (hard ? streamFault(random) : undefined),
    deliveries: () => (!limits && random() < DELIVERED_TWICE ? 2 : 1),
    concurrency: limits ? CONCURRENCY : atOnce,
    redeliverAfterMs: 500,
  })
  const { slack, calls, lambda } = stack

  function expire(channel: string, ts: string): void {
    if (slack.thread(channel, ts).some(({ ts: at, streaming }) => at === ts && streaming === 'in_progress'))
      slack.expireStream(channel, ts)
  }

  function killSome(): void {
    for (const { requestId, outcome, functionName } of lambda.invocations) {
      if (outcome !== 'running' || functionName !== 'vera-answer') continue
      const left =
        killAt.get(requestId) ??
        (random() < KILLED ? Math.floor(random() * KILLED_WITHIN_CALLS) : Number.POSITIVE_INFINITY)
      killAt.set(requestId, left - 1)
      if (left !== 0) continue
      killed += 1
      lambda.kill(requestId)
    }
  }

  const people = Array.from({ length: PEOPLE }, (_, n) => slack.addUser({ name: `person${n}` }).id)
  const { id: channel } = slack.addChannel({ name: 'soak', members: people })
  const asked: { n: number; ts: string }[] = []
  const startedAt = Date.now()
  while (asked.length < turns) {
    for (let n = 0; n < atOnce && asked.length < turns; n++) {
      const number = asked.length + 1
      const user = people[number % PEOPLE] ?? ''
      asked.push({
        n: number,
        ts: slack.post({ channel, user, text: `<@${identity.botUserId}> ${questionOf(number)}` }).ts,
      })
    }
    await stack.settled()
  }
  const tookMs = Date.now() - startedAt

  const verdicts = asked.map(({ n, ts }) => ({ n, ts, ...judge(slack, channel, ts, n) }))
  const perTurn = Map.groupBy(
    calls.all.filter(({ method }) => method === 'ConverseStream'),
    ({ args }) => askedIn(args),
  )
  const most = Math.max(...[...perTurn.values()].map((made) => made.length))
  const bad = verdicts.filter(({ verdict }) => !passing.includes(verdict))
  const count = (fits: (call: (typeof calls.all)[number]) => boolean) => calls.all.filter(fits).length
  const counts: [number, string][] = [
    [asked.length, 'questions'],
    ...[...Map.groupBy(verdicts, ({ verdict }) => verdict)].map(([verdict, of]): [number, string] => [
      of.length,
      verdict,
    ]),
    [perTurn.size, 'turns in which the model was asked'],
    [most, `calls of the model for one turn, at most (allowed: ${mostModelCalls})`],
    [lambda.invocations.length, 'invocations'],
    [killed, 'killed'],
    [count(({ to }) => to === 'slack'), 'calls to Slack'],
    [count(({ to, status }) => to === 'slack' && status === 429), 'of them told to wait'],
    [
      count(({ to, status }) => to === 'slack' && (status === 0 || status >= 500)),
      'of them without an answer',
    ],
    [count(({ to }) => to === 'dynamo'), 'calls to DynamoDB'],
    [count(({ to, status }) => to === 'dynamo' && status >= 500), 'of them failed'],
    [lambda.deadLetters.length, 'dead letters'],
    [
      (await stack.dynamo.items(TURNS_TABLE)).filter(({ turnState }) => turnState?.S === 'claimed').length,
      'turns still claimed',
    ],
    [Math.round(tookMs / 1000), 'seconds'],
  ]
  console.log(`${what}:`)
  for (const [value, name] of counts) console.log(`${String(value).padStart(8)}  ${name}`)
  for (const { n, ts, verdict, text } of bad.slice(0, SHOWN_BAD)) {
    console.log(`question ${n}: ${verdict}: ${JSON.stringify(text)}`)
    for (const { functionName, payload, outcome, logs, startedAt = 0 } of lambda.invocations) {
      if (JSON.stringify(payload).includes(ts))
        console.log(`  ${new Date(startedAt).toISOString()} ${functionName} ${outcome} ${logs.join(' ')}`)
    }
  }
  await stack.close()
  return bad.length === 0 && most <= mostModelCalls
}
