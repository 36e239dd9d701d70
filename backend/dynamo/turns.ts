import { ConditionalCheckFailedException, type DynamoDBClient, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import type { Clock } from '../clock.ts'

/**
 * What is stored, all of it without a word of any conversation:
 *
 * | attribute    | content                                                                                   |
 * | ------------ | ----------------------------------------------------------------------------------------- |
 * | `pk`         | `turn#` and the turn's id                                                                 |
 * | `state`      | `claimed`, then `answered` or `failed`                                                    |
 * | `claimToken` | drawn anew for each claim: only who holds it may write                                    |
 * | `requestId`  | of the invocation that claimed it, and so of the record that Lambda leaves if it fails     |
 * | `leaseUntil` | ms of the epoch; after it the claim may be taken again                                    |
 * | `channel`, `threadTs`, `replyTs` | where the reply is; `replyTs` as soon as it is open                   |
 * | `told`       | present once the person has read how the turn ended                                       |
 * | `expiresAt`  | s of the epoch. DynamoDB deletes late, so every condition looks at it as well             |
 */
export const TURN_TTL_SECONDS = 90 * 24 * 3600

/** Beyond Lambda's own end, so that a claim never runs out under a turn that is alive. */
export const LEASE_MARGIN_MS = 15_000

/** The right to answer a turn. */
export interface Claim {
  turnId: string
  token: string
}

export interface Turns {
  /** Undefined where somebody has it or had it. `leaseMs` is what is left of the invocation. Throws what DynamoDB says. */
  claim(turn: { id: string; channel: string; threadTs: string }, owner: { requestId: string; leaseMs: number }): Promise<Claim | undefined>
  opened(claim: Claim, replyTs: string): Promise<void>
  finish(claim: Claim, state: 'answered' | 'failed'): Promise<void>
  /**
   * Takes a turn from an invocation that Lambda gave up, so that no later delivery answers it. Undefined where there
   * is nothing to say: it is somebody else's, or has come to its end. `replyTs` is that of the reply it had opened.
   */
  giveUp(turnId: string, requestId: string): Promise<{ replyTs?: string } | undefined>
  /** The person has been told of what giveUp took. */
  told(turnId: string): Promise<void>
}

export function createTurns(client: DynamoDBClient, table: string, { clock, randomId }: { clock: Clock; randomId: () => string }): Turns {
  const key = (turnId: string) => ({ pk: { S: `turn#${turnId}` } })
  const seconds = () => String(Math.floor(clock.now() / 1000))
  const expiry = () => ({ N: String(Math.floor(clock.now() / 1000) + TURN_TTL_SECONDS) })

  return {
    async claim({ id, channel, threadTs }, { requestId, leaseMs }) {
      const token = randomId()
      const put = new PutItemCommand({
        TableName: table,
        Item: {
          ...key(id),
          state: { S: 'claimed' },
          claimToken: { S: token },
          requestId: { S: requestId },
          leaseUntil: { N: String(clock.now() + leaseMs + LEASE_MARGIN_MS) },
          channel: { S: channel },
          threadTs: { S: threadTs },
          expiresAt: expiry(),
        },
        // The last: a try of ours whose answer was lost, and which the SDK repeats.
        ConditionExpression:
          'attribute_not_exists(pk) OR expiresAt < :seconds OR (#state = :claimed AND leaseUntil < :ms) OR claimToken = :token',
        ExpressionAttributeNames: { '#state': 'state' },
        ExpressionAttributeValues: {
          ':seconds': { N: seconds() },
          ':ms': { N: String(clock.now()) },
          ':claimed': { S: 'claimed' },
          ':token': { S: token },
        },
      })
      const won = await conditional(client.send(put))
      return won && { turnId: id, token }
    },

    async opened({ turnId, token }, replyTs) {
      await conditional(
        client.send(
          new UpdateItemCommand({
            TableName: table,
            Key: key(turnId),
            UpdateExpression: 'SET replyTs = :replyTs',
            ConditionExpression: 'claimToken = :token',
            ExpressionAttributeValues: { ':replyTs': { S: replyTs }, ':token': { S: token } },
          }),
        ),
      )
    },

    async finish({ turnId, token }, state) {
      await conditional(
        client.send(
          new UpdateItemCommand({
            TableName: table,
            Key: key(turnId),
            UpdateExpression: 'SET #state = :state, told = :true, expiresAt = :expiresAt',
            ConditionExpression: 'claimToken = :token',
            ExpressionAttributeNames: { '#state': 'state' },
            ExpressionAttributeValues: {
              ':state': { S: state },
              ':true': { BOOL: true },
              ':expiresAt': expiry(),
              ':token': { S: token },
            },
          }),
        ),
      )
    },

    async giveUp(turnId, requestId) {
      const taken = await conditional(
        client.send(
          new UpdateItemCommand({
            TableName: table,
            Key: key(turnId),
            UpdateExpression: 'SET #state = :failed, requestId = :requestId, expiresAt = :expiresAt',
            // Failed and not told: an earlier delivery of the same record got so far, and then could not speak.
            ConditionExpression:
              'attribute_not_exists(pk) OR expiresAt < :seconds OR (requestId = :requestId AND attribute_not_exists(told))',
            ExpressionAttributeNames: { '#state': 'state' },
            ExpressionAttributeValues: {
              ':failed': { S: 'failed' },
              ':requestId': { S: requestId },
              ':expiresAt': expiry(),
              ':seconds': { N: seconds() },
            },
            ReturnValues: 'ALL_NEW',
          }),
        ),
      )
      const replyTs = taken?.Attributes?.replyTs?.S
      return taken && { ...(replyTs !== undefined && { replyTs }) }
    },

    async told(turnId) {
      await client.send(
        new UpdateItemCommand({
          TableName: table,
          Key: key(turnId),
          UpdateExpression: 'SET told = :true',
          ExpressionAttributeValues: { ':true': { BOOL: true } },
        }),
      )
    },
  }
}

/** Undefined where the condition did not hold: somebody else was there first. */
async function conditional<T>(sent: Promise<T>): Promise<T | undefined> {
  try {
    return await sent
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined
    throw error
  }
}
