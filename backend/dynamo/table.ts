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
 * The table has one string key, `pk`. What is stored, all of it without a word of any conversation:
 *
 * | `pk`                              | content                                               | kept    |
 * | --------------------------------- | ----------------------------------------------------- | ------- |
 * | `turn#` and the turn's id         | who answers it, how far that is, where the reply is (turn-item.ts) | 90 days |
 * | `reply#channel:ts`                | whose a streamed message is (turns.ts)                | an hour |
 * | `stop#channel:threadTs`           | when Stop was last pressed in the thread (stops.ts)   | an hour |
 * | `limit#person#teamId:userId#hour` | how many turns (limits.ts)                            | an hour beyond |
 * | `limit#workspace#teamId#day`      | how many turns (limits.ts)                            | a day beyond |
 * | `feedback#turnId#userId`          | a thumb (feedback.ts)                                 | 90 days |
 *
 * `expiresAt` (s of the epoch) is the table's TTL attribute. DynamoDB deletes late, so whoever reads looks at it as well.
 */
export type Item = Record<string, AttributeValue>

export const S = (value: string): AttributeValue => ({ S: value })
export const N = (value: number): AttributeValue => ({ N: String(value) })
export const TRUE: AttributeValue = { BOOL: true }

export interface Table {
  /** Seconds of the epoch, `later` seconds from now. */
  seconds(later?: number): AttributeValue
  /** What is there and has not expired, by key. Reads what was written last. */
  get(...keys: string[]): Promise<Map<string, Item>>
  /** False where the condition does not hold. */
  put(item: Item, condition?: Condition, signal?: AbortSignal): Promise<boolean>
  /** The item afterwards; undefined where the condition does not hold. */
  update(
    key: string,
    expression: string,
    condition: Condition,
    signal?: AbortSignal,
  ): Promise<Item | undefined>
}

export interface Condition {
  /** Absent: holds in any case. */
  when?: string
  values: Item
}

/** Words of these expressions that DynamoDB keeps for itself. */
const RESERVED = ['state', 'count']

/** Throws what DynamoDB says, but for a condition that does not hold. */
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
      // A table under pressure leaves keys out, and calls it a success.
      if (UnprocessedKeys?.[name]) throw new Error('DynamoDB has left out what was asked for')
      const now = clock.now() / 1000
      const alive = (Responses?.[name] ?? []).filter((item) => Number(item.expiresAt?.N) >= now)
      return new Map(alive.map((item) => [item.pk?.S ?? '', item]))
    },
    async put(item, { when, values } = { values: {} }, signal) {
      const put = new PutItemCommand({
        TableName: name,
        Item: item,
        ...(when !== undefined && { ConditionExpression: placeheld(when), ...expressionOf(when, values) }),
      })
      return (await conditional(client.send(put, signal && { abortSignal: signal }))) !== undefined
    },
    async update(key, expression, { when, values }, signal) {
      const update = new UpdateItemCommand({
        TableName: name,
        Key: { pk: S(key) },
        UpdateExpression: placeheld(expression),
        ...(when !== undefined && { ConditionExpression: placeheld(when) }),
        ...expressionOf(`${expression} ${when ?? ''}`, values),
        ReturnValues: 'ALL_NEW',
      })
      const updated = await conditional(client.send(update, signal && { abortSignal: signal }))
      return updated && (updated.Attributes ?? {})
    },
  }
}

function placeheld(expression: string): string {
  return RESERVED.reduce(
    (rest, word) => rest.replace(new RegExp(`(?<![:#\\w])${word}\\b`, 'g'), `#${word}`),
    expression,
  )
}

function expressionOf(expression: string, values: Item) {
  const names = RESERVED.filter((word) => placeheld(expression).includes(`#${word}`))
  return {
    ExpressionAttributeValues: values,
    ...(names.length > 0 && {
      ExpressionAttributeNames: Object.fromEntries(names.map((word) => [`#${word}`, word])),
    }),
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
