import type { SaveThumb } from '../turn/feedback.ts'
import { type Item, N, S, type Table } from './table.ts'
import { TURN_TTL_SECONDS } from './turn-item.ts'

/**
 * Keeps one thumb for each person and turn. The one that was pressed last counts, in whatever order they
 * arrive. Throws what DynamoDB throws.
 */
export function createSaveThumb(table: Table): SaveThumb {
  return async ({ turnId, userId, value, passages, pressedAt }) => {
    const thumb: Item = {
      pk: S(`feedback#${turnId}#${userId}`),
      turnId: S(turnId),
      userId: S(userId),
      thumb: S(value),
      passages: { L: passages.map(S) },
      pressedAt: N(pressedAt),
      expiresAt: table.seconds(TURN_TTL_SECONDS),
    }
    await table.put(thumb, {
      when: 'attribute_not_exists(pk) OR pressedAt <= :pressedAt',
      values: { ':pressedAt': N(pressedAt) },
    })
  }
}
