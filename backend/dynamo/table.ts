import {
  type AttributeValue,
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import type { Clock } from '../clock.ts'

/**
 * The table has one string key, `pk`. It stores no words of any conversation:
 *
 * | `pk` | content | kept for |
 * | --- | --- | --- |
 * | `turn#turnId` | who answers the turn, how far it is, where the reply is (turn-item.ts) | 90 days |
 * | `reply#channel:ts` | which turn a streamed message belongs to (turns.ts) | an hour |
 * | `stop#channel:threadTs` | when Stop was last pressed in the thread (stops.ts) | an hour |
 * | `limit#person#teamId:userId#hour` | `turnCount` of one person in one hour (limits.ts) | 2 hours |
 * | `limit#workspace#teamId#day` | `turnCount` of the workspace in one day (limits.ts) | 2 days |
 * | `feedback#turnId#userId` | a thumb (feedback.ts) | 90 days |
 *
 * `expiresAt` (seconds of the epoch) is the table's TTL attribute. DynamoDB deletes late, so `get` leaves out
 * what has expired, and a condition that has to know compares `expiresAt` itself.
 */
export type Item = Record<string, AttributeValue>

export const S = (value: string): AttributeValue => ({ S: value })
export const N = (value: number): AttributeValue => ({ N: String(value) })
export const TRUE: AttributeValue = { BOOL: true }

export interface Table {
  /** Seconds of the epoch, `later` seconds from now. */
  seconds(later?: number): AttributeValue
  /** The items of these keys that exist and have not expired, by key. A consistent read. */
  get(...keys: string[]): Promise<Map<string, Item>>
  /** False if the condition does not hold. */
  put(item: Item, condition?: Condition, signal?: AbortSignal): Promise<boolean>
  /** The item after the update; undefined if the condition does not hold. */
  update(
    key: string,
    expression: string,
    condition: Condition,
    signal?: AbortSignal,
  ): Promise<Item | undefined>
}

export interface Condition {
  /** Absent: always holds. */
  when?: string
  /** Values of the placeholders in the condition and in the update's expression. */
  values: Item
}

/** Throws what DynamoDB throws, except for a condition that does not hold. */
export function createTable(client: DynamoDBClient, name: string, clock: Clock): Table {
  const seconds = (later = 0) => N(Math.floor(clock.now() / 1000) + later)

  return {
    seconds,
    async get(...keys) {
      const { Responses, UnprocessedKeys } = await client.send(
        new BatchGetItemCommand({
          RequestItems: { [name]: { Keys: keys.map((key) => ({ pk: S(key) })), ConsistentRead: true } },
        }),
      )
      // A throttled BatchGetItem returns fewer items and reports success.
      if (UnprocessedKeys?.[name]) throw new Error('DynamoDB left keys unprocessed.')
      const now = clock.now() / 1000
      const alive = (Responses?.[name] ?? []).filter((item) => Number(item.expiresAt?.N) >= now)
      return new Map(alive.map((item) => [item.pk?.S ?? '', item]))
    },
    async put(item, { when, values } = { values: {} }, signal) {
      const put = new PutItemCommand({
        TableName: name,
        Item: item,
        ...(when !== undefined && { ConditionExpression: when, ExpressionAttributeValues: values }),
      })
      return (await conditional(client.send(put, signal && { abortSignal: signal }))) !== undefined
    },
    async update(key, expression, { when, values }, signal) {
      const update = new UpdateItemCommand({
        TableName: name,
        Key: { pk: S(key) },
        UpdateExpression: expression,
        ...(when !== undefined && { ConditionExpression: when }),
        ExpressionAttributeValues: values,
        ReturnValues: 'ALL_NEW',
      })
      const updated = await conditional(client.send(update, signal && { abortSignal: signal }))
      return updated && (updated.Attributes ?? {})
    },
  }
}

/** Undefined if the condition did not hold. */
async function conditional<T>(sent: Promise<T>): Promise<T | undefined> {
  try {
    return await sent
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined
    throw error
  }
}
