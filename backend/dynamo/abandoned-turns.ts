import type { Clock } from '../clock.ts'
import type { AbandonedTurns, FailedInvocation } from '../turn/apologize.ts'
import type { QuestionPlace } from '../turn-record.ts'
import { type Item, N, S, type Table, TRUE } from './table.ts'
import { placeAttributes, placeUpdate, recordFromItem, TURN_TTL_SECONDS, turnKey } from './turn-item.ts'

/**
 * Time that an owner has to answer a probe: its next poll comes within a second (POLL_INTERVAL_MS in
 * turn-monitor.ts), and one of its calls to the table may have to be repeated.
 */
export const PROBE_WAIT_MS = 2_500

/** The claim of the lost process can reach the table after our first read, and before our write. */
const RECORD_READS = 2

export function createAbandonedTurns(
  table: Table,
  { clock, randomId }: { clock: Clock; randomId: () => string },
): AbandonedTurns {
  const ttl = () => table.seconds(TURN_TTL_SECONDS)

  /** A turn that no process has claimed. */
  async function takeUnclaimed(
    key: string,
    place: QuestionPlace | undefined,
    failed: FailedInvocation,
  ): Promise<Item | undefined> {
    const { ':apologyId': apologyId } = apologyOf(failed, undefined).values
    const item = {
      pk: S(key),
      turnState: S('failed'),
      attempt: N(1),
      ...(place && placeAttributes(place)),
      requestId: S(failed.requestId),
      apologyId,
      expiresAt: ttl(),
    }
    const taken = await table.put(item, {
      // The last condition lets our own SDK retry succeed when the first response was lost.
      when: 'attribute_not_exists(pk) OR expiresAt < :now OR apologyId = :apologyId',
      values: { ':now': table.seconds(), ':apologyId': apologyId },
    })
    return taken ? item : undefined
  }

  /**
   * A turn that an earlier call took over and could not apologize for, or a "Try again" that no process has
   * claimed.
   */
  async function takeFailed(key: string, record: Item, failed: FailedInvocation): Promise<Item | undefined> {
    const { values, isFree } = apologyOf(failed, record)
    return table.update(key, 'SET apologyId = :apologyId', {
      when: `turnState = :failed AND ${isFree}`,
      values: { ...values, ':failed': S('failed') },
    })
  }

  /**
   * A turn that is claimed under the request id that failed. Lambda may deliver an event twice under one
   * request id, so we ask first whether the other process is alive.
   */
  async function takeClaimed(key: string, record: Item, failed: FailedInvocation): Promise<Item | undefined> {
    const { values, isFree } = apologyOf(failed, record)
    const when = 'requestId = :requestId AND attribute_not_exists(outcomeTold)'
    const probe = { ':probeId': S(randomId()), ':requestId': S(failed.requestId) }
    if (!(await table.update(key, 'SET probeId = :probeId', { when, values: probe }))) return undefined
    await clock.sleep(PROBE_WAIT_MS)
    return table.update(key, 'SET turnState = :failed, apologyId = :apologyId, expiresAt = :ttl', {
      when: `${when} AND (attribute_not_exists(probeAnswer) OR probeAnswer <> :probeId) AND ${isFree}`,
      values: { ...probe, ...values, ':failed': S('failed'), ':ttl': ttl() },
    })
  }

  return {
    async takeOver(turnId, place, failed) {
      const key = turnKey(turnId)
      for (let reads = 1; reads <= RECORD_READS; reads++) {
        const record = (await table.get(key)).get(key)
        if (!record) {
          const taken = await takeUnclaimed(key, place, failed)
          if (taken) return recordFromItem(turnId, taken)
          continue
        }
        const isOwn = record.requestId?.S === failed.requestId && !record.outcomeTold
        const isUnclaimedRetry = failed.attempt !== undefined && record.attempt?.N === String(failed.attempt)
        const take =
          record.turnState?.S === 'claimed' && isOwn
            ? takeClaimed
            : record.turnState?.S === 'failed' && (isOwn || isUnclaimedRetry)
              ? takeFailed
              : undefined
        const taken = await take?.(key, record, failed)
        return taken && recordFromItem(turnId, taken)
      }
      return undefined
    },

    async markSpoken(turnId, attempt) {
      await table.update(turnKey(turnId), 'SET spokenAttempt = :attempt', {
        when: 'turnState = :failed',
        values: { ':attempt': N(attempt), ':failed': S('failed') },
      })
    },

    async markTold(turnId, state, place) {
      const { assignments, values } = placeUpdate(place)
      await table.update(turnKey(turnId), `SET outcomeTold = :true, turnState = :state, ${assignments}`, {
        when: 'turnState = :failed',
        values: { ...values, ':true': TRUE, ':state': S(state), ':failed': S('failed') },
      })
    },
  }
}

/**
 * If two deliveries under one request id both fail, Lambda leaves two records; we apologize for one of them.
 * The stored value names the lost attempt and the record: `isFree` holds unless another record apologizes for
 * the same attempt.
 */
function apologyOf({ attempt, apologyId }: FailedInvocation, record: Item | undefined) {
  const lost = attempt === undefined ? Number(record?.attempt?.N ?? 1) : attempt + 1
  return {
    values: { ':apologyId': S(`${lost}#${apologyId}`), ':lostAttempt': S(`${lost}#`) },
    isFree:
      '(attribute_not_exists(apologyId) OR apologyId = :apologyId OR NOT begins_with(apologyId, :lostAttempt))',
  }
}
