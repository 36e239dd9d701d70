import type { Clock } from '../clock.ts'
import type { Limits } from '../turn/gather.ts'
import { N, S, type Table } from './table.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/**
 * Counts a turn against its asker's hour and its workspace's day, both in UTC. A turn that is over the
 * person's limit is not counted against the workspace: one person cannot use up everybody's day.
 */
export function createLimits(
  table: Table,
  most: { turnsPerPersonPerHour: number; turnsPerWorkspacePerDay: number },
  clock: Clock,
): Limits {
  /** Undefined if the turn was counted; else how long until the next one can be, in milliseconds. */
  const count = async (
    key: string,
    most: number,
    windowMs: number,
    turn: string,
  ): Promise<number | undefined> => {
    const now = clock.now()
    const window = Math.floor(now / windowMs)
    const counted = await table.update(
      `${key}#${window}`,
      'SET expiresAt = :expiresAt, lastTurn = :turn ADD turnCount :one',
      {
        // The last condition lets our own SDK retry succeed when the first response was lost. It counts twice
        // then.
        when: 'attribute_not_exists(turnCount) OR turnCount < :most OR lastTurn = :turn',
        values: {
          ':expiresAt': table.seconds((2 * windowMs) / 1000),
          ':turn': S(turn),
          ':one': N(1),
          ':most': N(most),
        },
      },
    )
    return counted ? undefined : (window + 1) * windowMs - now
  }
  return {
    async count({ turnId, attempt, teamId, userId }) {
      const turn = `${turnId}|${attempt}`
      const { turnsPerPersonPerHour, turnsPerWorkspacePerDay } = most
      const person = await count(`limit#person#${teamId}:${userId}`, turnsPerPersonPerHour, HOUR_MS, turn)
      if (person !== undefined) return { limit: 'person', most: turnsPerPersonPerHour, freeInMs: person }
      const workspace = await count(`limit#workspace#${teamId}`, turnsPerWorkspacePerDay, DAY_MS, turn)
      return workspace === undefined
        ? undefined
        : { limit: 'workspace', most: turnsPerWorkspacePerDay, freeInMs: workspace }
    },
  }
}
