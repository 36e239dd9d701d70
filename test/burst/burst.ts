import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { build, EDGE_BUNDLE } from '../../infra/build.ts'
import { ALIAS, ANSWER_FUNCTION, AWS_ACCOUNT, CALLER } from '../../playground/account.ts'
import { createCalls } from '../../playground/calls.ts'
import { identity } from '../../playground/slack/identity.ts'
import { startSlack } from '../../playground/slack/slack.ts'
import { randomOf } from '../random.ts'
import { type Fate, startStubLambda } from './stub-lambda.ts'
import { PRODUCER, type QueueMessage, startStubQueue } from './stub-queue.ts'

// Sends a burst of events to the edge while Lambda and the queue fail, and counts what happened to each
// event.

/** Miniflare's Workers have this method, but its types omit it. */
interface QueueConsumer {
  queue(name: string, messages: QueueMessage[]): Promise<{ explicitAcks: string[] }>
}

const EVENTS = 2_000
/** Events that Slack sends concurrently. */
const AT_ONCE = 50
const SEED = 20_261_124
const INVOKES_FAILING = 0.3
const SENDS_FAILING = 0.1

const random = randomOf(SEED)
const FAILURES: Fate[] = ['429', '500', 'reset']
const lambda = await startStubLambda(() => {
  if (random() >= INVOKES_FAILING) return 'accepted'
  // A third of the failures are only late: Lambda has accepted the event, but the edge does not know.
  return random() < 1 / 3 ? 'accepted late' : (FAILURES[Math.floor(random() * FAILURES.length)] ?? '500')
})
const queue = await startStubQueue(
  async ({ id, timestamp, attempts, body }) => {
    const worker: unknown = await edge.getWorker('edge')
    const { explicitAcks } = await (worker as QueueConsumer).queue('vera-handoffs', [
      { id, timestamp, attempts, body },
    ])
    return explicitAcks.includes(id)
  },
  () => random() < SENDS_FAILING,
)
await build()
const edge = new Miniflare(
  convertV4MiniflareOptions({
    host: '127.0.0.1',
    cf: false,
    workers: [
      {
        name: 'edge',
        modules: true,
        scriptPath: EDGE_BUNDLE,
        compatibilityDate: '2026-11-01',
        bindings: {
          RELEASE: { id: 'burst', tag: '', timestamp: '' },
          SLACK_SIGNING_SECRET: identity.signingSecret,
          AWS_ACCESS_KEY_ID: CALLER.accessKeyId,
          AWS_SECRET_ACCESS_KEY: CALLER.secretAccessKey,
          AWS_REGION: AWS_ACCOUNT.region,
          LAMBDA_FUNCTION: `${ANSWER_FUNCTION}:${ALIAS}`,
          LAMBDA_ENDPOINT: lambda.origin,
        },
        serviceBindings: { HANDOFFS: 'queue' },
      },
      {
        name: 'queue',
        modules: true,
        script: PRODUCER,
        compatibilityDate: '2026-11-01',
        bindings: { QUEUE: queue.origin },
      },
    ],
    handleStructuredLogs: () => undefined,
  }),
)
const { origin } = await edge.ready
// Slack resends at once, after one minute and after five. We shorten this and the queue's delays.
const slack = await startSlack({
  calls: createCalls(),
  limits: { tiers: 'off', resendAfterMs: [0, 300, 1_500] },
})
slack.connect({ events: `${origin}/slack/events` })

for (let posted = 0; posted < EVENTS; ) {
  for (let n = 0; n < AT_ONCE; n++, posted++)
    slack.post({ channel: 'D00ADA', user: 'U00ADA', text: `question ${posted}` })
  await slack.settled()
}
await queue.drained()

const deliveries = slack.deliveries.filter(({ kind }) => kind === 'event')
const idOf = (body: string) => `${identity.appId}:${identity.teamId}:D00ADA:${JSON.parse(body).event.ts}`
const acknowledged = deliveries.filter(({ state }) => state === 'acknowledged')
const lost = acknowledged.filter(({ body }) => !lambda.accepted.has(idOf(body)))
const givenUp = deliveries.filter(({ state }) => state === 'given up')
const acks = acknowledged
  .flatMap(({ attempts }) => attempts.slice(-1).map(({ ms }) => ms))
  .sort((a, b) => a - b)
const at = (share: number) => `${Math.round(acks[Math.floor((acks.length - 1) * share)] ?? Number.NaN)} ms`
const counts: Record<string, number | string> = {
  events: deliveries.length,
  'acknowledged at the first delivery': acknowledged.filter(({ attempts }) => attempts.length === 1).length,
  'acknowledged when Slack sent it again': acknowledged.filter(({ attempts }) => attempts.length > 1).length,
  'given up by Slack': givenUp.length,
  ...Object.fromEntries([...lambda.fates].map(([fate, count]) => [`invokes: ${fate}`, count])),
  'sends that the queue accepted': queue.counts.accepted,
  'sends that failed': queue.counts.failed,
  'deliveries by the queue': queue.counts.deliveries,
  'turns that Lambda accepted more than once': [...lambda.accepted.values()].filter((times) => times > 1)
    .length,
  'ack p50': at(0.5),
  'ack p99': at(0.99),
  'acknowledged and never invoked': lost.length,
}
for (const [name, count] of Object.entries(counts)) console.log(`${String(count).padStart(8)}  ${name}`)

await Promise.all([slack.close(), edge.dispose(), lambda.close(), queue.close()])
process.exit(lost.length > 0 ? 1 : 0)
