import { type AttributeValue, DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, beforeEach, onTestFinished, vi } from 'vitest'
import { readConfig } from '../../../backend/config.ts'
import type { Command, Feedback, Retry, Stop, Turn } from '../../../backend/handoff.ts'
import { answer } from '../../../backend/turn/answer.ts'
import { apologize } from '../../../backend/turn/apologize.ts'
import { recordFeedback } from '../../../backend/turn/feedback.ts'
import type { Report } from '../../../backend/turn/report.ts'
import { stop } from '../../../backend/turn/stop.ts'
import { type Backend, wire } from '../../../backend/wire.ts'
import { AWS_ACCOUNT, knowledgeBaseId, MODEL_ID, ROLE, TURNS_TABLE } from '../../../playground/account.ts'
import { startBedrock } from '../../../playground/bedrock/bedrock.ts'
import type { StoredPassage } from '../../../playground/bedrock/knowledge-base.ts'
import type { Model } from '../../../playground/bedrock/models/model.ts'
import { createKnowledgeBase } from '../../../playground/bedrock/rank.ts'
import { rerank } from '../../../playground/bedrock/rerank.ts'
import { type Call, createCalls, type Faults } from '../../../playground/calls.ts'
import { type Dynamo, type Item, startDynamo } from '../../../playground/dynamo.ts'
import { identity } from '../../../playground/slack/identity.ts'
import { type Slack, startSlack } from '../../../playground/slack/slack.ts'
import { saying } from '../../flow/models.ts'

const CHANNEL = 'C00GENERAL'
const QUESTION = 'where does the VPN guide live?'

/** The time of one invocation: Lambda's as deployed. */
const REMAINING_MS = 300_000

/**
 * The backend in this process, put together by wire.ts against simulated Slack, Bedrock and DynamoDB. A test
 * calls what Lambda's handler calls, and sees the report that becomes the log line.
 */
export interface TurnStage {
  slack: Slack
  dynamo: Dynamo
  backend: Backend
  model: Model
  faults: Faults
  /** Somebody asks in a channel. Nothing happens until the turn is answered. */
  ask(): Turn
  /** The handoff of "Try again" below a failed answer to this turn. */
  retryOf(turn: Turn, press?: Partial<Retry>): Retry
  answer(
    handoff: Turn | Command | Retry,
    invocation?: { requestId?: string; remainingMs?: number },
  ): Promise<Report>
  /** Somebody presses Stop in the question's thread. */
  stop(turn: Turn, pressedAt?: number): Promise<'marked' | 'stale'>
  /** Somebody presses a thumb below the answer. */
  rate(turn: Turn, feedback?: Partial<Feedback>): Promise<'kept' | 'expired'>
  /** Lambda has given up the invocation, and the queue delivers its record. */
  giveUp(
    handoff: Turn | Retry,
    requestId: string,
    record?: { recordId?: string; receives?: number },
  ): Promise<'told' | 'nothing_to_say'>
  /** What the assistant's messages in the thread say, in their order. */
  texts(turn: Turn): string[]
  /** The items of the table whose key begins like this. */
  stored(prefix: string): Promise<Item[]>
  /** Changes an item, by an update expression. */
  change(key: string, expression: string, values?: Record<string, AttributeValue>): Promise<void>
  /** Lets the time of an item run out. The table still has it, because DynamoDB deletes late. */
  expire(key: string): Promise<void>
  /** All calls to the far ends so far. */
  calls: readonly Call[]
  /** Resolves when a call that fits has been answered, or has begun. */
  called(fits: (call: Call) => boolean, phase?: 'ended' | 'begun'): Promise<Call>
}

/** With `passages` there is a knowledge base that holds them. */
export function openTurnStage({ passages }: { passages?: StoredPassage[] } = {}): TurnStage {
  const calls = createCalls()
  const ordinary = { model: saying('The VPN guide lives under IT.'), faults: (() => undefined) as Faults }
  const stage = { ...ordinary, calls: calls.all } as TurnStage
  const closers: (() => Promise<void>)[] = []

  beforeAll(async () => {
    const faults: Faults = (call) => stage.faults(call)
    const model: Model = { answer: (request, signal) => stage.model.answer(request, signal) }
    const slack = await startSlack({ calls, faults, limits: { tiers: 'off' } })
    closers.push(slack.close)
    const bedrock = await startBedrock({
      calls,
      faults,
      region: AWS_ACCOUNT.region,
      credentials: ROLE,
      models: { [MODEL_ID]: model },
      knowledgeBases: passages
        ? new Map([[knowledgeBaseId(0), createKnowledgeBase(passages, 'CONFLUENCE')]])
        : new Map(),
      rerank,
      rerankModelArns: [],
      guardrails: {},
      pace: { firstTokenMs: 0, tokensPerSecond: 0 },
    })
    closers.push(bedrock.close)
    const dynamo = await startDynamo({ calls, faults, tables: [{ name: TURNS_TABLE, partitionKey: 'pk' }] })
    closers.push(dynamo.close)
    // The SDK reads endpoints and credentials from the environment, also later than when a client is made.
    vi.stubEnv('AWS_ENDPOINT_URL_BEDROCK_RUNTIME', bedrock.origin)
    vi.stubEnv('AWS_ENDPOINT_URL_BEDROCK_AGENT_RUNTIME', bedrock.origin)
    vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', dynamo.endpoint)
    vi.stubEnv('AWS_ACCESS_KEY_ID', ROLE.accessKeyId)
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', ROLE.secretAccessKey)
    vi.stubEnv('AWS_SESSION_TOKEN', ROLE.sessionToken)
    const { botToken, teamId, appId } = identity
    const config = readConfig({
      AWS_REGION: AWS_ACCOUNT.region,
      TURNS_TABLE,
      MODEL_ID,
      SLACK_BOT_TOKEN: botToken,
      SLACK_TEAM_ID: teamId,
      SLACK_APP_ID: appId,
      SLACK_API_URL: slack.apiUrl,
      ...(passages && { KNOWLEDGE_BASES: `wiki=${knowledgeBaseId(0)}` }),
    })
    Object.assign(stage, { slack, dynamo, backend: wire(config) })
  })
  beforeEach(() => void Object.assign(stage, ordinary))
  afterAll(async () => {
    vi.unstubAllEnvs()
    await Promise.all(closers.map((close) => close()))
  })

  return Object.assign(stage, {
    ask(): Turn {
      const { ts } = stage.slack.post({ channel: CHANNEL, user: 'U00ADA', text: QUESTION })
      return {
        kind: 'turn',
        id: `${identity.appId}:${identity.teamId}:${CHANNEL}:${ts}`,
        teamId: identity.teamId,
        appId: identity.appId,
        receivedAt: Date.now(),
        eventId: 'Ev00BYHAND',
        botUserId: identity.botUserId,
        trigger: 'app_mention',
        channel: CHANNEL,
        channelType: 'channel',
        ts,
        threadTs: ts,
        userId: 'U00ADA',
        userTeamId: identity.teamId,
        text: QUESTION,
        slackRetryNum: 0,
      }
    },
    retryOf({ id, teamId, appId, channel, threadTs, userId }: Turn, press: Partial<Retry> = {}): Retry {
      const ids = { teamId, appId, channel, threadTs, userId }
      return { kind: 'retry', turnId: id, attempt: 1, receivedAt: Date.now(), ...ids, ...press }
    },
    answer(
      handoff: Turn | Command | Retry,
      {
        requestId = crypto.randomUUID(),
        remainingMs = REMAINING_MS,
      }: { requestId?: string; remainingMs?: number } = {},
    ) {
      const invocation = { requestId, reference: requestId.slice(0, 8), endsAt: Date.now() + remainingMs }
      return answer(handoff, invocation, stage.backend.answer)
    },
    stop({ teamId, appId, channel, threadTs, userId }: Turn, pressedAt = Date.now()) {
      const handoff: Stop = {
        kind: 'stop',
        teamId,
        appId,
        receivedAt: Date.now(),
        eventId: 'Ev00STOP',
        eventTs: (pressedAt / 1000).toFixed(6),
        channel,
        threadTs,
        streamingTs: [],
        userId,
      }
      return stop(handoff, stage.backend.stop)
    },
    rate({ id, teamId, appId, channel, threadTs, userId }: Turn, feedback: Partial<Feedback> = {}) {
      const handoff: Feedback = {
        kind: 'feedback',
        turnId: id,
        teamId,
        appId,
        receivedAt: Date.now(),
        channel,
        messageTs: threadTs,
        threadTs,
        userId,
        value: 'positive',
        ...feedback,
      }
      return recordFeedback(handoff, stage.backend.feedback)
    },
    giveUp(
      handoff: Turn | Retry,
      requestId: string,
      { recordId = crypto.randomUUID(), receives = 1 }: { recordId?: string; receives?: number } = {},
    ) {
      const failed = { requestId, reference: requestId.slice(0, 8), recordId, receives }
      return apologize(handoff, failed, stage.backend.apologize)
    },
    texts({ channel, threadTs }: Turn) {
      return stage.slack
        .thread(channel, threadTs)
        .flatMap(({ user, markdown, text, ephemeralTo }) =>
          user === identity.botUserId && ephemeralTo === undefined ? [markdown ?? text] : [],
        )
    },
    async stored(prefix: string) {
      const items = await stage.dynamo.items(TURNS_TABLE)
      return items.filter(({ pk }) => String(pk?.S).startsWith(prefix))
    },
    async change(key: string, expression: string, values?: Record<string, AttributeValue>) {
      const client = new DynamoDBClient({ region: AWS_ACCOUNT.region })
      const update = {
        TableName: TURNS_TABLE,
        Key: { pk: { S: key } },
        UpdateExpression: expression,
        ...(values && { ExpressionAttributeValues: values }),
      }
      await client.send(new UpdateItemCommand(update))
      client.destroy()
    },
    expire: (key: string) =>
      stage.change(key, 'SET expiresAt = :past', {
        ':past': { N: String(Math.floor(Date.now() / 1000) - 60) },
      }),
    called(fits: (call: Call) => boolean, phase: 'ended' | 'begun' = 'ended'): Promise<Call> {
      return new Promise((resolve) => {
        const unwatch = calls.watch((call, at) => {
          if (at !== phase || !fits(call)) return
          unwatch()
          resolve(call)
        })
        onTestFinished(unwatch)
      })
    },
  })
}
