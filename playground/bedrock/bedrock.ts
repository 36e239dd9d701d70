import type { Call, Calls, Faults } from '../calls.ts'
import { type Clock, systemClock, wait } from '../clock.ts'
import { stackOf } from '../far-end.ts'
import type { ReceivedRequest } from '../received-request.ts'
import { checkSigV4 } from '../sigv4.ts'
import type { CallResult } from './answer-stream.ts'
import { converse } from './converse.ts'
import { type ResponseStream, startH2cServer } from './h2c-server.ts'
import type { KnowledgeBase, Rank } from './knowledge-base.ts'
import { type BedrockAccount, readConversation } from './operation-converse-stream.ts'
import { rerank } from './operation-rerank.ts'
import { retrieve } from './operation-retrieve.ts'
import { LIFELIKE, type Pace } from './pace.ts'
import { Refusal, refusal } from './refusal.ts'
import { parseJson } from './request-body.ts'
import { refuse, send, sendFault } from './respond.ts'
import type { StreamFaults } from './stream-fault.ts'

export interface BedrockOptions extends BedrockAccount {
  calls: Calls
  /** The key that requests must be signed with. */
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string }
  /** By id. May change while the server runs. */
  knowledgeBases: ReadonlyMap<string, KnowledgeBase>
  rerank: Rank
  /** The reranking models of the region, as foundation-model ARNs. */
  rerankModelArns: readonly string[]
  port?: number
  clock?: Clock
  /** `carriedOut` has no effect here, because no operation of Bedrock changes anything. */
  faults?: Faults
  streamFaults?: StreamFaults
  pace?: Pace
}

const OPERATIONS = [
  { method: 'Retrieve', path: /^\/knowledgebases\/([^/]+)\/retrieve$/, subject: 'knowledgeBaseId' },
  { method: 'Rerank', path: /^\/rerank$/, subject: undefined },
  { method: 'ConverseStream', path: /^\/model\/([^/]+)\/converse-stream$/, subject: 'modelId' },
] as const

/**
 * Starts bedrock-runtime and bedrock-agent-runtime on one loopback port, over HTTP/2 with prior knowledge.
 */
export async function startBedrock(
  options: BedrockOptions,
): Promise<{ origin: string; close(): Promise<void> }> {
  const { calls, region, clock = systemClock, pace = LIFELIKE } = options

  async function take(request: ReceivedRequest, reply: ResponseStream) {
    const path = request.url.split('?')[0] ?? ''
    const operation =
      request.method === 'POST' ? OPERATIONS.find((candidate) => candidate.path.test(path)) : undefined
    const subject = operation?.subject
    const id = decoded(operation?.path.exec(path)?.[1] ?? '')
    const call = calls.begin({
      to: 'bedrock',
      method: operation?.method ?? `${request.method} ${path}`,
      args: operation ? { ...(subject && { [subject]: id }), ...argsOf(request.body) } : {},
    })
    reply.signal.addEventListener('abort', () => {
      call.marks.reset = clock.now()
    })
    calls.end(call, await carryOut(call, operation !== undefined, id, request, reply))
  }

  /** Never rejects. */
  async function carryOut(
    call: Call,
    known: boolean,
    id: string,
    request: ReceivedRequest,
    reply: ResponseStream,
  ): Promise<CallResult> {
    try {
      if (!known) {
        calls.violation(`Bedrock was asked for ${call.method}, which the simulator does not have.`)
        throw refusal(
          'UnknownOperationException',
          'Unable to determine service/operation name to be authorized',
        )
      }
      const unsigned = await checkSigV4(request, {
        ...options.credentials,
        region,
        service: 'bedrock',
        now: clock.now(),
      })
      if (unsigned) throw new Refusal(unsigned.code, unsigned.status, unsigned.message)
      const fault = options.faults?.(call)
      if (fault?.kind === 'late') await wait(fault.ms, clock, reply.signal)
      if (fault?.kind === 'answer') return sendFault(fault, reply)
      if (fault?.kind === 'cut') {
        reply.cut()
        return { status: 0 }
      }
      return await answer(call, id, parseJson(request.body), reply)
    } catch (error) {
      if (error instanceof Refusal) return refuse(error, reply)
      // A model, a knowledge base or this simulator is broken. Reset the client's stream and record the
      // reason.
      calls.violation(`The simulator of bedrock failed in ${call.method}: ${stackOf(error)}`)
      reply.reset()
      return { status: 0, error: String(error) }
    }
  }

  async function answer(
    call: Call,
    id: string,
    body: Record<string, unknown>,
    reply: ResponseStream,
  ): Promise<CallResult> {
    const stray = (path: string) =>
      calls.violation(`${call.method} was sent the member ${path}, which the simulator does not have.`)
    if (call.method === 'ConverseStream') {
      const conversation = readConversation(id, body, stray, options)
      return converse(conversation, { reply, call, clock, pace, fault: options.streamFaults?.(call) })
    }
    const found =
      call.method === 'Retrieve'
        ? await retrieve(id, body, stray, options.knowledgeBases)
        : rerank(body, stray, options.rerank, options.rerankModelArns)
    return send(
      { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(found) },
      reply,
    )
  }

  return startH2cServer(options.port ?? 0, (request, reply) => void take(request, reply))
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

function argsOf(body: Buffer): Record<string, unknown> {
  try {
    return parseJson(body)
  } catch {
    return {}
  }
}
