import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, beforeEach, onTestFinished, vi } from 'vitest'
import { readConfig } from '../../../backend/config.ts'
import type { Feedback, Stop, Turn } from '../../../backend/handoff.ts'
import { answer } from '../../../backend/turn/answer.ts'
import { apologize } from '../../../backend/turn/apologize.ts'
import { recordFeedback } from '../../../backend/turn/feedback.ts'
import type { Report } from '../../../backend/turn/report.ts'
import { stop } from '../../../backend/turn/stop.ts'
import { type Backend, wire } from '../../../backend/wire.ts'
import { AWS_ACCOUNT, MODEL_ID, ROLE, TURNS_TABLE } from '../../../playground/account.ts'
import { startBedrock } from '../../../playground/bedrock/bedrock.ts'
import type { Model } from '../../../playground/bedrock/models/model.ts'
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
 * The backend in this process, put together by wire.ts against simulated Slack, Bedrock and DynamoDB. A test calls what
 * Lambda's handler calls, and sees the report that becomes the log line.
 */
export interface TurnStage {
  slack: Slack
  dynamo: Dynamo
  backend: Backend
  model: Model
  faults: Faults
  /** Somebody asks in a channel. Nothing happens until the turn is answered. */
  ask(): Turn
  answer(turn: Turn, invocation?: { requestId?: string; remainingMs?: number }): Promise<Report>
  /** Somebody presses Stop in the question's thread. */
  stop(turn: Turn): Promise<unknown>
  /** Somebody presses a thumb below the answer. */
  rate(turn: Turn, feedback?: Partial<Feedback>): Promise<'kept' | 'expired'>
  /** Lets the time of an item run out; as DynamoDB may, the table still has it. */
  expire(key: string): Promise<void>
  /** The items of the table whose key begins like this. */
  stored(prefix: string): Promise<Item[]>
  /** Lambda says that it has given up the invocation. */
  giveUp(turn: Turn, requestId: string): Promise<unknown>
  /** Resolves when a call that fits has been answered, or has begun. */
  called(fits: (call: Call) => boolean, phase?: 'ended' | 'begun'): Promise<Call>
}

export function openTurnStage(): TurnStage {
  const calls = createCalls()
  const ordinary = { model: saying('The VPN guide lives under IT.'), faults: (() => undefined) as Faults }
  const stage = { ...ordinary } as TurnStage
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
      knowledgeBases: new Map(),
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
    answer(
      turn: Turn,
      {
        requestId = crypto.randomUUID(),
        remainingMs = REMAINING_MS,
      }: { requestId?: string; remainingMs?: number } = {},
    ) {
      const reference = requestId.slice(0, 8)
      return answer(turn, { requestId, reference, endsAt: Date.now() + remainingMs }, stage.backend.answer)
    },
    stop({ teamId, appId, channel, threadTs, userId }: Turn) {
      const now = Date.now()
      const handoff: Stop = {
        kind: 'stop',
        teamId,
        appId,
        receivedAt: now,
        eventId: 'Ev00STOP',
        eventTs: (now / 1000).toFixed(6),
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
    async expire(key: string) {
      const client = new DynamoDBClient({ region: AWS_ACCOUNT.region })
      await client.send(
        new UpdateItemCommand({
          TableName: TURNS_TABLE,
          Key: { pk: { S: key } },
          UpdateExpression: 'SET expiresAt = :past',
          ExpressionAttributeValues: { ':past': { N: String(Math.floor(Date.now() / 1000) - 60) } },
        }),
      )
      client.destroy()
    },
    async stored(prefix: string) {
      const items = await stage.dynamo.items(TURNS_TABLE)
      return items.filter(({ pk }) => String(pk?.S).startsWith(prefix))
    },
    giveUp(turn: Turn, requestId: string) {
      const failed = {
        requestId,
        reference: requestId.slice(0, 8),
        recordId: crypto.randomUUID(),
        receives: 1,
      }
      return apologize(turn, failed, stage.backend.apologize)
    },
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
