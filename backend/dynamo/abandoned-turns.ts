import type { Clock } from '../clock.ts'
import type { Place, TurnRecord } from '../turn-record.ts'
import { type Item, N, S, type Table, TRUE } from './table.ts'
import { placeItem, recordOf, setting, TURN_TTL_SECONDS, turnKey } from './turn-item.ts'

/** How long an owner has to answer a probe: two of its polls, one a second (POLL_INTERVAL_MS in turn-monitor.ts), and their calls. */
export const PROBE_WAIT_MS = 2_500

/** A claim of the lost process can reach the table after the first look for it. */
const LOOKS = 2

export interface LostTurns {
  /**
   * Takes a turn from an invocation that Lambda gave up, so that no later delivery answers it. Undefined where there is
   * nothing to say: it is somebody else's, its owner lives, it has come to its end, or another record of Lambda's is
   * being told of. `attempt` is the one that "Try again" was pressed under, `by` names the record.
   */
  giveUp(turnId: string, place: Place | undefined, failed: Failed): Promise<TurnRecord | undefined>
  /** The person knows how a turn ended that was given up. */
  told(turnId: string, state: 'answered' | 'failed', place: Place): Promise<void>
}

interface Failed {
  requestId: string
  attempt?: number
  by: string
}

/** Turns whose invocation Lambda gave up. All of it may be done again: the outcome is the same. Throws what DynamoDB says. */
export function createLostTurns(
  table: Table,
  { clock, randomId }: { clock: Clock; randomId: () => string },
): LostTurns {
  const ttl = () => table.seconds(TURN_TTL_SECONDS)

  /** A turn that nobody has ever claimed. */
  async function takeUnknown(
    key: string,
    place: Place | undefined,
    failed: Failed,
  ): Promise<Item | undefined> {
    const { mine } = sorryOf(failed, undefined)
    const item = {
      pk: S(key),
      state: S('failed'),
      attempt: N(1),
      ...(place && placeItem(place)),
      requestId: S(failed.requestId),
      sorry: mine[':sorry'],
      expiresAt: ttl(),
    }
    // The last: a try of ours whose answer was lost.
    const when = 'attribute_not_exists(pk) OR expiresAt < :now OR sorry = :sorry'
    return (await table.put(item, { when, values: { ':now': table.seconds(), ':sorry': mine[':sorry'] } }))
      ? item
      : undefined
  }

  /** Given up by an earlier call, which could not speak; or "Try again" under a failed answer, which nobody came to claim. */
  async function takeFailed(key: string, record: Item, failed: Failed): Promise<Item | undefined> {
    const { mine, nobodyElse } = sorryOf(failed, record)
    return table.update(key, 'SET sorry = :sorry', {
      when: `state = :failed AND ${nobodyElse}`,
      values: { ...mine, ':failed': S('failed') },
    })
  }

  /** Claimed under the request id that failed. Lambda may deliver an event twice under one: the other may be alive. */
  async function takeClaimed(key: string, record: Item, failed: Failed): Promise<Item | undefined> {
    const { mine, nobodyElse } = sorryOf(failed, record)
    const when = 'requestId = :requestId AND attribute_not_exists(told)'
    const values = { ':probe': S(randomId()), ':requestId': S(failed.requestId) }
    if (!(await table.update(key, 'SET probe = :probe', { when, values }))) return undefined
    await clock.sleep(PROBE_WAIT_MS)
    return table.update(key, 'SET state = :failed, sorry = :sorry, expiresAt = :ttl', {
      when: `${when} AND (attribute_not_exists(heard) OR heard <> :probe) AND ${nobodyElse}`,
      values: { ...values, ...mine, ':failed': S('failed'), ':ttl': ttl() },
    })
  }

  return {
    async giveUp(turnId, place, failed) {
      const key = turnKey(turnId)
      for (let look = 1; look <= LOOKS; look++) {
        const record = (await table.get(key)).get(key)
        if (!record) {
          const taken = await takeUnknown(key, place, failed)
          if (taken) return recordOf(turnId, taken)
          continue
        }
        const own = record.requestId?.S === failed.requestId && !record.told
        const unclaimed = failed.attempt !== undefined && record.attempt?.N === String(failed.attempt)
        const take =
          record.state?.S === 'claimed' && own
            ? takeClaimed
            : record.state?.S === 'failed' && (own || unclaimed)
              ? takeFailed
              : undefined
        const taken = await take?.(key, record, failed)
        return taken && recordOf(turnId, taken)
      }
      return undefined
    },

    async told(turnId, state, place) {
      const { sets, values } = setting(place)
      await table.update(turnKey(turnId), `SET told = :true, state = :state, ${sets}`, {
        when: 'state = :failed',
        values: { ...values, ':true': TRUE, ':state': S(state), ':failed': S('failed') },
      })
    },
  }
}

/** Two deliveries under one request id can fail both, and leave two records of Lambda's: one of them is told of. */
function sorryOf({ attempt, by }: Failed, record: Item | undefined) {
  const lost = attempt === undefined ? Number(record?.attempt?.N ?? 1) : attempt + 1
  return {
    mine: { ':sorry': S(`${lost}#${by}`), ':attempt': S(`${lost}#`) },
    nobodyElse: '(attribute_not_exists(sorry) OR sorry = :sorry OR NOT begins_with(sorry, :attempt))',
  }
}
