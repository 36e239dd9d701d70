import type { Clock } from '../clock.ts'
import { REPLY_RESERVE_MS } from '../deadline.ts'
import type { Claims } from '../turn/claims.ts'
import type { Claim, TurnRecord } from '../turn-record.ts'
import { keepTrying } from './keep-trying.ts'
import { isStoppedBy, stopKey } from './stops.ts'
import { type Condition, type Item, N, S, type Table, TRUE } from './table.ts'
import {
  placeAttributes,
  placeFromItem,
  placeUpdate,
  recordFromItem,
  TURN_TTL_SECONDS,
  turnKey,
} from './turn-item.ts'

/**
 * Added to Lambda's own time limit, so that no other process can claim a turn that is still being answered.
 */
export const LEASE_MARGIN_MS = 15_000

/**
 * Time to claim a turn, or to note the thread of a command. A slow table delays the answer: if we gave up,
 * the person would read an apology instead.
 */
export const CLAIM_BUDGET_MS = 20_000

/** Longer than any turn takes. */
export const REPLY_TTL_SECONDS = 3_600

/** The records of turns: claims, and what others may know of a turn. */
export interface Turns extends Claims {
  find(turnId: string): Promise<TurnRecord | undefined>
  /**
   * Notes a stream that the claim's process has opened: as the turn's last, and as belonging to no other
   * turn.
   */
  recordStream(claim: Claim, channel: string, replyTs: string): Promise<void>
  /** Makes a stream that was found in the thread this turn's own. False if it belongs to another turn. */
  adoptStream(turnId: string, channel: string, replyTs: string): Promise<boolean>
}

export function createTurns(
  table: Table,
  { clock, randomId }: { clock: Clock; randomId: () => string },
): Turns {
  const ttl = () => table.seconds(TURN_TTL_SECONDS)

  function whileHeld({ token }: Claim, values: Item): Condition {
    return { when: 'claimToken = :token', values: { ...values, ':token': S(token) } }
  }

  async function adoptStream(turnId: string, channel: string, replyTs: string): Promise<boolean> {
    const item = {
      pk: S(`reply#${channel}:${replyTs}`),
      turnId: S(turnId),
      expiresAt: table.seconds(REPLY_TTL_SECONDS),
    }
    return table.put(item, {
      when: 'attribute_not_exists(pk) OR turnId = :turnId',
      values: { ':turnId': S(turnId) },
    })
  }

  /** A claim is of no use to an invocation that has no time left to answer. */
  const claimBudgetMs = (endsAt: number) =>
    Math.max(0, Math.min(CLAIM_BUDGET_MS, endsAt - REPLY_RESERVE_MS - clock.now()))

  async function find(turnId: string): Promise<Item | undefined> {
    return (await table.get(turnKey(turnId))).get(turnKey(turnId))
  }

  return {
    async claim(turnId, place, { requestId, endsAt }) {
      const token = randomId()
      const claimedAt = clock.now()
      const item = {
        pk: S(turnKey(turnId)),
        turnState: S('claimed'),
        attempt: N(1),
        claimToken: S(token),
        requestId: S(requestId),
        claimedAt: N(claimedAt),
        leaseUntil: N(endsAt + LEASE_MARGIN_MS),
        ...(place && placeAttributes(place)),
        expiresAt: ttl(),
      }
      const condition = {
        // The last condition lets another try succeed when the first response was lost. A try that reaches the
        // table late must not undo what we have written since.
        when: 'attribute_not_exists(pk) OR expiresAt < :now OR (turnState = :claimed AND leaseUntil < :ms) OR (claimToken = :token AND turnState = :claimed AND attribute_not_exists(replyTs))',
        values: {
          ':now': table.seconds(),
          ':ms': N(claimedAt),
          ':claimed': S('claimed'),
          ':token': S(token),
        },
      }
      const won = await keepTrying(clock, claimBudgetMs(endsAt), (signal) =>
        table.put(item, condition, signal),
      )
      return won ? { turnId, token, attempt: 1, claimedAt } : undefined
    },

    async claimAgain({ turnId, attempt, channel, userId }, { requestId, endsAt }) {
      const token = randomId()
      const claimedAt = clock.now()
      const claimed = await keepTrying(clock, claimBudgetMs(endsAt), (signal) =>
        table.update(
          turnKey(turnId),
          'SET turnState = :claimed, attempt = :next, claimToken = :token, requestId = :requestId, claimedAt = :ms, leaseUntil = :lease, expiresAt = :ttl REMOVE replyTs, outcomeTold, probeId, probeAnswer',
          {
            when: 'claimToken = :token OR (turnState = :failed AND attempt = :attempt AND channel = :channel AND userId = :userId AND expiresAt >= :now)',
            values: {
              ':claimed': S('claimed'),
              ':failed': S('failed'),
              ':attempt': N(attempt),
              ':next': N(attempt + 1),
              ':token': S(token),
              ':requestId': S(requestId),
              ':ms': N(claimedAt),
              ':lease': N(endsAt + LEASE_MARGIN_MS),
              ':ttl': ttl(),
              ':now': table.seconds(),
              ':channel': S(channel),
              ':userId': S(userId),
            },
          },
          signal,
        ),
      )
      const place = claimed && placeFromItem(claimed)
      if (place)
        return { outcome: 'claimed', claim: { turnId, token, attempt: attempt + 1, claimedAt }, place }
      const record = await keepTrying(clock, claimBudgetMs(endsAt), () => find(turnId))
      if (!record || record.channel?.S !== channel) return { outcome: 'expired' }
      return { outcome: record.userId?.S === userId ? 'not_failed' : 'not_asker' }
    },

    async setPlace(claim, place) {
      const { assignments, values } = placeUpdate(place)
      await keepTrying(clock, CLAIM_BUDGET_MS, (signal) =>
        table.update(turnKey(claim.turnId), `SET ${assignments}`, whileHeld(claim, values), signal),
      )
    },

    async recordStream(claim, channel, replyTs) {
      await Promise.all([
        adoptStream(claim.turnId, channel, replyTs),
        table.update(
          turnKey(claim.turnId),
          'SET replyTs = :replyTs',
          whileHeld(claim, { ':replyTs': S(replyTs) }),
        ),
      ])
    },

    adoptStream,

    async poll({ turnId, token, claimedAt }, place) {
      const read = await table.get(turnKey(turnId), ...(place ? [stopKey(place)] : []))
      const record = read.get(turnKey(turnId))
      const holds =
        record === undefined || (record.claimToken?.S === token && record.turnState?.S === 'claimed')
      if (holds && record?.probeId && record.probeId.S !== record.probeAnswer?.S) {
        const values = { ':probeId': record.probeId, ':token': S(token) }
        const when = 'claimToken = :token'
        await table.update(turnKey(turnId), 'SET probeAnswer = :probeId', { when, values })
      }
      return { stopped: place !== undefined && isStoppedBy(read.get(stopKey(place)), claimedAt), holds }
    },

    async finish({ turnId, token }, state, passages) {
      const finished = await keepTrying(clock, REPLY_RESERVE_MS, (signal) =>
        table.update(
          turnKey(turnId),
          'SET turnState = :state, outcomeTold = :true, passages = :passages, expiresAt = :ttl',
          {
            // The last condition lets our own SDK retry succeed when the first response was lost.
            when: 'claimToken = :token AND (turnState = :claimed OR turnState = :state)',
            values: {
              ':state': S(state),
              ':claimed': S('claimed'),
              ':true': TRUE,
              ':passages': { L: passages.map(S) },
              ':ttl': ttl(),
              ':token': S(token),
            },
          },
          signal,
        ),
      )
      return finished !== undefined
    },

    async find(turnId) {
      const record = await find(turnId)
      return record && recordFromItem(turnId, record)
    },
  }
}
