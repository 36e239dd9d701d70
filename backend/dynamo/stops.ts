import { type Item, S, type Table } from './table.ts'

/** A turn lives for five minutes; after an hour nobody can mean one that was under way. */
const STOP_TTL_SECONDS = 3_600

export interface Stops {
  /** Notes that Stop was pressed in a thread. `eventTs` is Slack's; of several the latest counts. */
  mark(thread: { channel: string; threadTs: string }, eventTs: string): Promise<void>
}

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

/** Whether a mark means a turn that was claimed then, in milliseconds of the Unix epoch. */
export function stops(mark: Item | undefined, claimedAt: number): boolean {
  return Number(mark?.eventTs?.S) * 1000 >= claimedAt
}
