import { type Item, N, S, type Table } from './table.ts'
import { TURN_TTL_SECONDS } from './turn-item.ts'

/** A thumb: who, on which turn, which one, and what the answer rested on. No words. */
export interface Thumb {
  turnId: string
  userId: string
  value: 'positive' | 'negative'
  /** Ids of the passages that the model was shown. */
  passages: readonly string[]
  /** When it was pressed, in milliseconds of the Unix epoch. */
  at: number
}

export type KeepThumb = (thumb: Thumb) => Promise<void>

/** One a person and a turn: a later changes an earlier, in whatever order they arrive. Throws what DynamoDB says. */
export function createKeepThumb(table: Table): KeepThumb {
  return async ({ turnId, userId, value, passages, at }) => {
    const thumb: Item = {
      pk: S(`feedback#${turnId}#${userId}`),
      turnId: S(turnId),
      userId: S(userId),
      thumb: S(value),
      passages: { L: passages.map(S) },
      pressedAt: N(at),
      expiresAt: table.seconds(TURN_TTL_SECONDS),
    }
    await table.put(thumb, { when: 'attribute_not_exists(pk) OR pressedAt <= :at', values: { ':at': N(at) } })
  }
}
