import type { Stops } from '../turn/stop.ts'
import { type Item, S, type Table } from './table.ts'

/** A turn lives for five minutes; after an hour no turn that a Stop could be for is still running. */
export const STOP_TTL_SECONDS = 3_600

export function createStops(table: Table): Stops {
  return {
    async mark(thread, eventTs) {
      await table.update(stopKey(thread), 'SET eventTs = :eventTs, expiresAt = :expiresAt', {
        when: 'attribute_not_exists(eventTs) OR eventTs < :eventTs',
        values: { ':eventTs': S(eventTs), ':expiresAt': table.seconds(STOP_TTL_SECONDS) },
      })
    },
  }
}

export function stopKey({ channel, threadTs }: { channel: string; threadTs: string }): string {
  return `stop#${channel}:${threadTs}`
}

/** True if Stop was pressed after the turn was claimed. `claimedAt` is in milliseconds of the Unix epoch. */
export function isStoppedBy(mark: Item | undefined, claimedAt: number): boolean {
  return Number(mark?.eventTs?.S) * 1000 >= claimedAt
}
