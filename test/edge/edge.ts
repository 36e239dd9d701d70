import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import type { Handoff } from '../../backend/handoff.ts'
import { createApp } from '../../edge/app.ts'
import type { Bindings } from '../../edge/bindings.ts'
import { type Fields, form, NOW_MS, SIGNING_SECRET, type SigningOptions, signed } from './slack-request.ts'

export interface Invocation {
  url: string
  headers: Headers
  body: string
  handoff: Handoff
}

/** The edge with a Lambda, a queue and a Slack that answer as the test wants. */
export interface FakeEdge {
  invokes: Invocation[]
  queued: { handoff: Handoff; contentType: string | undefined }[]
  /** Everything that was posted to a response_url. */
  responseUrlPosts: { url: string; body: Fields }[]
  env: Bindings
  /** Lambda's answer. */
  lambda: (signal: AbortSignal | undefined) => Promise<Response>
  /** The result of a send to the queue. */
  queue: () => Promise<void>
  /** Sends any request. Resolves after the response and after everything in `waitUntil`. */
  request(path: string, init?: RequestInit): Promise<Response>
  /** Sends a signed event. */
  event(envelope: Fields | string, changed?: SigningOptions): Promise<Response>
  /** Sends a signed click. */
  click(payload: Fields | string, changed?: SigningOptions): Promise<Response>
  /** Sends a signed command. */
  command(fields: Record<string, string>, changed?: SigningOptions): Promise<Response>
}

const FORM = { 'content-type': 'application/x-www-form-urlencoded' }

export function createEdge(): FakeEdge {
  const app = createApp({
    now: () => NOW_MS,
    async fetch(input, init) {
      const request = new Request(input, init)
      if (new URL(request.url).hostname.startsWith('hooks.')) {
        edge.responseUrlPosts.push({ url: request.url, body: await request.json() })
        return new Response('ok')
      }
      const { url, headers } = request
      const body = await request.text()
      edge.invokes.push({ url, headers, body, handoff: JSON.parse(body) })
      return edge.lambda(init?.signal ?? undefined)
    },
  })

  const post = async (
    path: string,
    body: string,
    { headers, ...changed }: SigningOptions = {},
    type?: Record<string, string>,
  ) => edge.request(path, await signed(body, { ...changed, headers: { ...type, ...headers } }))

  const edge: FakeEdge = {
    invokes: [],
    queued: [],
    responseUrlPosts: [],
    env: {
      SLACK_SIGNING_SECRET: SIGNING_SECRET,
      AWS_ACCESS_KEY_ID: 'AKIAFAKEEDGE',
      AWS_SECRET_ACCESS_KEY: 'fake-edge-secret',
      AWS_REGION: 'us-east-1',
      LAMBDA_FUNCTION: 'vera-answer:live',
      RELEASE: { id: 'release-fake', tag: '', timestamp: '' },
      HANDOFFS: fakeQueue(async (handoff, contentType) => {
        edge.queued.push({ handoff, contentType })
        await edge.queue()
      }),
    },
    lambda: async () => new Response(null, { status: 202 }),
    queue: async () => undefined,
    async request(path, init) {
      const ctx = createExecutionContext()
      const response = await app.request(path, init, edge.env, ctx)
      await waitOnExecutionContext(ctx)
      return response
    },
    event: (envelope, changed) => post('/slack/events', asJson(envelope), changed),
    click: (payload, changed) =>
      post('/slack/interactivity', form({ payload: asJson(payload) }), changed, FORM),
    command: (fields, changed) => post('/slack/commands', form(fields), changed, FORM),
  }
  return edge
}

function asJson(body: Fields | string): string {
  return typeof body === 'string' ? body : JSON.stringify(body)
}

function fakeQueue(send: (handoff: Handoff, contentType: string | undefined) => Promise<void>): Queue {
  const metrics = { backlogCount: 0, backlogBytes: 0 }
  return {
    async send(body, options) {
      await send(body as Handoff, options?.contentType)
      return { metadata: { metrics } }
    },
    sendBatch: () => Promise.reject(new Error('not used')),
    metrics: () => Promise.resolve(metrics),
  }
}
