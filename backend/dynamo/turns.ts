import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
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
  const seconds = (later = 0) => ({ N: String(Math.floor(clock.now() / 1000) + later) })

  /** Undefined where the condition does not hold. `#state` may stand in both expressions, since `state` is a reserved word. */
  async function update(turnId: string, set: string, condition: string | undefined, values: Record<string, AttributeValue>) {
    const named = `${set} ${condition}`.includes('#state')
    const updated = await conditional(
      client.send(
        new UpdateItemCommand({
          TableName: table,
          Key: keyOf(turnId),
          UpdateExpression: `SET ${set}`,
          ...(condition !== undefined && { ConditionExpression: condition }),
          ...(named && { ExpressionAttributeNames: { '#state': 'state' } }),
          ExpressionAttributeValues: values,
          ReturnValues: 'ALL_NEW',
        }),
      ),
    )
    return updated?.Attributes
  }

  return {
    async claim({ id, channel, threadTs }, { requestId, leaseMs }) {
      const token = randomId()
      const put = new PutItemCommand({
        TableName: table,
        Item: {
          ...keyOf(id),
          state: { S: 'claimed' },
          claimToken: { S: token },
          requestId: { S: requestId },
          leaseUntil: { N: String(clock.now() + leaseMs + LEASE_MARGIN_MS) },
          channel: { S: channel },
          threadTs: { S: threadTs },
          expiresAt: seconds(TURN_TTL_SECONDS),
        },
        // The last: a try of ours whose answer was lost, and which the SDK repeats.
        ConditionExpression:
          'attribute_not_exists(pk) OR expiresAt < :seconds OR (#state = :claimed AND leaseUntil < :ms) OR claimToken = :token',
        ExpressionAttributeNames: { '#state': 'state' },
        ExpressionAttributeValues: {
          ':seconds': seconds(),
          ':ms': { N: String(clock.now()) },
          ':claimed': { S: 'claimed' },
          ':token': { S: token },
        },
      })
      const won = await conditional(client.send(put))
      return won && { turnId: id, token }
    },

    async opened({ turnId, token }, replyTs) {
      await update(turnId, 'replyTs = :replyTs', 'claimToken = :token', { ':replyTs': { S: replyTs }, ':token': { S: token } })
    },

    async finish({ turnId, token }, state) {
      await update(turnId, '#state = :state, told = :true, expiresAt = :expiresAt', 'claimToken = :token', {
        ':state': { S: state },
        ':true': { BOOL: true },
        ':expiresAt': seconds(TURN_TTL_SECONDS),
        ':token': { S: token },
      })
    },

    async giveUp(turnId, requestId) {
      const taken = await update(
        turnId,
        '#state = :failed, requestId = :requestId, expiresAt = :expiresAt',
        // Its own and not told: still claimed, or an earlier delivery of the same record got so far and could not speak.
        'attribute_not_exists(pk) OR expiresAt < :seconds OR (requestId = :requestId AND attribute_not_exists(told))',
        {
          ':failed': { S: 'failed' },
          ':requestId': { S: requestId },
          ':expiresAt': seconds(TURN_TTL_SECONDS),
          ':seconds': seconds(),
        },
      )
      const replyTs = taken?.replyTs?.S
      return taken && { ...(replyTs !== undefined && { replyTs }) }
    },

    async told(turnId) {
      await update(turnId, 'told = :true', undefined, { ':true': { BOOL: true } })
    },
  }
}

function keyOf(turnId: string): { pk: { S: string } } {
  return { pk: { S: `turn#${turnId}` } }
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
