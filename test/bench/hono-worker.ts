import { AwsClient } from 'aws4fetch'
import { Hono } from 'hono'

/**
 * The smallest Hono app with aws4fetch that does the edge's main job: it checks the age and the signature of
 * a mention over the raw bytes, and hands it to Lambda by one asynchronous Invoke. We want our Worker to be
 * about as fast, although this one accepts one kind of event, trusts the body's shape, has no size limit, no
 * timeout and no queue, and writes no log.
 */
interface Bindings {
  SLACK_SIGNING_SECRET: string
  AWS_ACCESS_KEY_ID: string
  AWS_SECRET_ACCESS_KEY: string
  AWS_REGION: string
  LAMBDA_FUNCTION: string
  LAMBDA_ENDPOINT: string
}

const FRESHNESS_SECONDS = 300

const app = new Hono<{ Bindings: Bindings }>()

app.post('/slack/events', async (c) => {
  const body = await c.req.arrayBuffer()
  const timestamp = c.req.header('x-slack-request-timestamp') ?? ''
  const signature = c.req.header('x-slack-signature') ?? ''
  const fresh = Math.abs(Date.now() / 1000 - Number(timestamp)) <= FRESHNESS_SECONDS
  if (!fresh || !(await isSignedBySlack(body, timestamp, signature, c.env.SLACK_SIGNING_SECRET)))
    return c.text('Unauthorized', 401)

  const envelope = JSON.parse(new TextDecoder().decode(body))
  const { event } = envelope
  const handoff = {
    kind: 'turn',
    id: `${envelope.api_app_id}:${envelope.team_id}:${event.channel}:${event.ts}`,
    teamId: envelope.team_id,
    appId: envelope.api_app_id,
    receivedAt: Date.now(),
    eventId: envelope.event_id,
    botUserId: envelope.authorizations[0].user_id,
    trigger: event.type,
    channel: event.channel,
    channelType: 'channel',
    ts: event.ts,
    threadTs: event.thread_ts ?? event.ts,
    userId: event.user,
    userTeamId: event.team,
    text: event.text,
    slackRetryNum: Number(c.req.header('x-slack-retry-num') ?? 0),
  }
  const { status } = await invoke(c.env, JSON.stringify(handoff))
  return c.body(null, status === 202 ? 200 : 503)
})

export default app

const encoder = new TextEncoder()

async function isSignedBySlack(
  body: ArrayBuffer,
  timestamp: string,
  signature: string,
  secret: string,
): Promise<boolean> {
  if (!/^v0=[0-9a-f]{64}$/.test(signature)) return false
  const hmac = { name: 'HMAC', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('raw', encoder.encode(secret), hmac, false, ['verify'])
  const head = encoder.encode(`v0:${timestamp}:`)
  const signed = new Uint8Array(head.length + body.byteLength)
  signed.set(head)
  signed.set(new Uint8Array(body), head.length)
  const bytes = signature
    .slice('v0='.length)
    .match(/../g)
    ?.map((byte) => Number.parseInt(byte, 16))
  return crypto.subtle.verify('HMAC', key, new Uint8Array(bytes ?? []), signed)
}

/** One client per isolate: it caches the derived signing key. */
let aws: AwsClient | undefined

function invoke(env: Bindings, body: string): Promise<Response> {
  aws ??= new AwsClient({
    accessKeyId: env.AWS_ACCESS_KEY_ID,
    secretAccessKey: env.AWS_SECRET_ACCESS_KEY,
    region: env.AWS_REGION,
    service: 'lambda',
    // Retries would outlast Slack's three seconds.
    retries: 0,
  })
  const name = encodeURIComponent(env.LAMBDA_FUNCTION)
  return aws.fetch(`${env.LAMBDA_ENDPOINT}/2015-03-31/functions/${name}/invocations`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-amz-invocation-type': 'Event' },
    body,
  })
}
