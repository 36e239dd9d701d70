import type { Clock } from '../clock.ts'
import type { Claim, Place, TurnRecord, TurnState } from '../turn-record.ts'
import { stopKey, stops } from './stops.ts'
import { type Condition, type Item, N, S, type Table, TRUE } from './table.ts'
import { placeItem, placeOf, recordOf, setting, TURN_TTL_SECONDS, turnKey } from './turn-item.ts'

/** Beyond Lambda's own end, so that a claim never runs out under a turn that is alive. */
export const LEASE_MARGIN_MS = 15_000

/**
 * People wait for the claim, and nothing else happens meanwhile. A process that has just started on a busy machine, and
 * whose first calls fail, has needed more than two seconds.
 */
export const CLAIM_BUDGET_MS = 4_000

/** Longer than any turn lives. */
const REPLY_TTL_SECONDS = 3_600

export interface Owner {
  requestId: string
  /** When its invocation ends, in milliseconds of the Unix epoch. */
  endsAt: number
}

export type ClaimedAgain =
  | { is: 'claimed'; claim: Claim; place: Place }
  | { is: 'expired' | 'not_asker' | 'not_failed' }

export interface Turns {
  /** Undefined where somebody has it or had it. `place` may follow. Throws what DynamoDB says, within CLAIM_BUDGET_MS. */
  claim(turnId: string, place: Place | undefined, owner: Owner): Promise<Claim | undefined>
  /** For another attempt at a turn whose attempt number `attempt` has failed. Throws as `claim`. */
  claimAgain(
    pressed: { turnId: string; attempt: number; channel: string; userId: string },
    owner: Owner,
  ): Promise<ClaimedAgain>
  placed(claim: Claim, place: Place): Promise<void>
  /** Notes a stream, as the last of this turn and as nobody else's. */
  opened(claim: Claim, channel: string, replyTs: string): Promise<void>
  /** As `opened`, for one that was found; false where it is another turn's. */
  adopt(turnId: string, channel: string, replyTs: string): Promise<boolean>
  /** Whether Stop was pressed since the claim, and whether the claim still holds. Answers whoever asks if its owner lives. */
  poll(claim: Claim, place: Place | undefined): Promise<{ stopped: boolean; holds: boolean }>
  /** False where the turn has been taken from this claim. */
  finish(claim: Claim, state: Exclude<TurnState, 'claimed'>, passages: readonly string[]): Promise<boolean>
  find(turnId: string): Promise<TurnRecord | undefined>
}

export function createTurns(
  table: Table,
  { clock, randomId }: { clock: Clock; randomId: () => string },
): Turns {
  const ttl = () => table.seconds(TURN_TTL_SECONDS)

  function held({ token }: Claim, values: Item): Condition {
    return { when: 'claimToken = :token', values: { ...values, ':token': S(token) } }
  }

  async function adopt(turnId: string, channel: string, replyTs: string): Promise<boolean> {
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

  async function find(turnId: string): Promise<Item | undefined> {
    return (await table.get(turnKey(turnId))).get(turnKey(turnId))
  }

  return {
    async claim(turnId, place, { requestId, endsAt }) {
      const token = randomId()
      const claimedAt = clock.now()
      const won = await table.put(
        {
          pk: S(turnKey(turnId)),
          state: S('claimed'),
          attempt: N(1),
          claimToken: S(token),
          requestId: S(requestId),
          claimedAt: N(claimedAt),
          leaseUntil: N(endsAt + LEASE_MARGIN_MS),
          ...(place && placeItem(place)),
          expiresAt: ttl(),
        },
        {
          // The last: a try of ours whose answer was lost, and which the SDK repeats.
          when: 'attribute_not_exists(pk) OR expiresAt < :now OR (state = :claimed AND leaseUntil < :ms) OR claimToken = :token',
          values: {
            ':now': table.seconds(),
            ':ms': N(claimedAt),
            ':claimed': S('claimed'),
            ':token': S(token),
          },
        },
        AbortSignal.timeout(CLAIM_BUDGET_MS),
      )
      return won ? { turnId, token, attempt: 1, claimedAt } : undefined
    },

    async claimAgain({ turnId, attempt, channel, userId }, { requestId, endsAt }) {
      const token = randomId()
      const claimedAt = clock.now()
      const claimed = await table.update(
        turnKey(turnId),
        'SET state = :claimed, attempt = :next, claimToken = :token, requestId = :requestId, claimedAt = :ms, leaseUntil = :lease, expiresAt = :ttl REMOVE replyTs, told, probe, heard',
        {
          when: 'claimToken = :token OR (state = :failed AND attempt = :attempt AND channel = :channel AND userId = :userId AND expiresAt >= :now)',
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
        AbortSignal.timeout(CLAIM_BUDGET_MS),
      )
      const place = claimed && placeOf(claimed)
      if (place) return { is: 'claimed', claim: { turnId, token, attempt: attempt + 1, claimedAt }, place }
      const record = await find(turnId)
      if (!record || record.channel?.S !== channel) return { is: 'expired' }
      return { is: record.userId?.S === userId ? 'not_failed' : 'not_asker' }
    },

    async placed(claim, place) {
      const { sets, values } = setting(place)
      await table.update(turnKey(claim.turnId), `SET ${sets}`, held(claim, values))
    },

    async opened(claim, channel, replyTs) {
      await Promise.all([
        adopt(claim.turnId, channel, replyTs),
        table.update(
          turnKey(claim.turnId),
          'SET replyTs = :replyTs',
          held(claim, { ':replyTs': S(replyTs) }),
        ),
      ])
    },

    adopt,

    async poll({ turnId, token, claimedAt }, place) {
      const read = await table.get(turnKey(turnId), ...(place ? [stopKey(place)] : []))
      const record = read.get(turnKey(turnId))
      const holds = record === undefined || (record.claimToken?.S === token && record.state?.S === 'claimed')
      if (holds && record?.probe && record.probe.S !== record.heard?.S) {
        const values = { ':probe': record.probe, ':token': S(token) }
        await table.update(turnKey(turnId), 'SET heard = :probe', { when: 'claimToken = :token', values })
      }
      return { stopped: place !== undefined && stops(read.get(stopKey(place)), claimedAt), holds }
    },

    async finish({ turnId, token }, state, passages) {
      const finished = await table.update(
        turnKey(turnId),
        'SET state = :state, told = :true, passages = :passages, expiresAt = :ttl',
        {
          // The last: a try of ours whose answer was lost.
          when: 'claimToken = :token AND (state = :claimed OR state = :state)',
          values: {
            ':state': S(state),
            ':claimed': S('claimed'),
            ':true': TRUE,
            ':passages': { L: passages.map(S) },
            ':ttl': ttl(),
            ':token': S(token),
          },
        },
      )
      return finished !== undefined
    },

    async find(turnId) {
      const record = await find(turnId)
      return record && recordOf(turnId, record)
    },
  }
}
