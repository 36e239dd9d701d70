import type { Clock } from '../clock.ts'
import type { Claim, Place, TurnRecord, TurnState } from '../turn-record.ts'
import { stopKey, stops } from './stops.ts'
import { type Condition, type Item, N, S, type Table, TRUE } from './table.ts'

/**
 * The record of a turn, under `turn#` and its id:
 *
 * | attribute    | content                                                                                   |
 * | ------------ | ----------------------------------------------------------------------------------------- |
 * | `state`      | `claimed`, then `answered`, `stopped` or `failed`; a failed one may be claimed again       |
 * | `attempt`    | from 1                                                                                    |
 * | `claimToken` | drawn anew for each claim: only who holds it may write                                    |
 * | `requestId`  | of the invocation that claimed it, and so of the record that Lambda leaves if it fails     |
 * | `claimedAt`, `leaseUntil` | ms of the epoch; after the second the claim may be taken again               |
 * | `channel`, `threadTs`, `ts`, `userId`, `userTeamId`, `botUserId` | the question's place                  |
 * | `replyTs`    | the stream that was opened last                                                           |
 * | `probe`, `heard` | whoever wants to apologize asks whether the claim's owner lives, and it answers      |
 * | `told`       | present once the person has read how the turn ended                                       |
 * | `passages`   | ids of those that the model was shown                                                     |
 */
export const TURN_TTL_SECONDS = 90 * 24 * 3600

/** Beyond Lambda's own end, so that a claim never runs out under a turn that is alive. */
export const LEASE_MARGIN_MS = 15_000

/** People wait for the claim, and nothing else happens meanwhile. */
export const CLAIM_BUDGET_MS = 2_000

/** How long an owner has to answer a probe: two of its looks, one a second (PULSE_MS in watch.ts), and their calls. */
export const PROBE_WAIT_MS = 2_500

/** Longer than any turn lives. */
const REPLY_TTL_SECONDS = 3_600

export interface Owner {
  requestId: string
  /** When its invocation ends, in milliseconds of the Unix epoch. */
  endsAt: number
}

export type ClaimedAgain = { is: 'claimed'; claim: Claim; place: Place } | { is: 'expired' | 'not_asker' | 'not_failed' }

export interface Turns {
  /** Undefined where somebody has it or had it. `place` may follow. Throws what DynamoDB says, within CLAIM_BUDGET_MS. */
  claim(turnId: string, place: Place | undefined, owner: Owner): Promise<Claim | undefined>
  /** For another attempt at a turn whose attempt number `attempt` has failed. */
  claimAgain(pressed: { turnId: string; attempt: number; channel: string; userId: string }, owner: Owner): Promise<ClaimedAgain>
  placed(claim: Claim, place: Place): Promise<void>
  /** Notes a stream, as the last of this turn and as nobody else's. */
  opened(claim: Claim, channel: string, replyTs: string): Promise<void>
  /** As `opened`, for one that was found; false where it is another turn's. */
  adopt(turnId: string, channel: string, replyTs: string): Promise<boolean>
  /** Whether Stop was pressed since the claim, and whether the claim still holds. Answers whoever asks if its owner lives. */
  pulse(claim: Claim, thread: { channel: string; threadTs: string }): Promise<{ stopped: boolean; holds: boolean }>
  finish(claim: Claim, state: Exclude<TurnState, 'claimed'>, passages: readonly string[]): Promise<void>
  find(turnId: string): Promise<TurnRecord | undefined>
  /**
   * Takes a turn from an invocation that Lambda gave up, so that no later delivery answers it. Undefined where there is
   * nothing to say: it is somebody else's, its owner lives, or it has come to its end.
   */
  giveUp(turnId: string, place: Place | undefined, failed: { requestId: string; attempt?: number }): Promise<TurnRecord | undefined>
  /** The person knows how a turn ended that was given up. */
  told(turnId: string, state: 'answered' | 'failed', place: Place): Promise<void>
}

export function createTurns(table: Table, { clock, randomId }: { clock: Clock; randomId: () => string }): Turns {
  const ttl = () => table.seconds(TURN_TTL_SECONDS)

  function held({ token }: Claim, values: Item): Condition {
    return { when: 'claimToken = :token', values: { ...values, ':token': S(token) } }
  }

  async function adopt(turnId: string, channel: string, replyTs: string): Promise<boolean> {
    const item = { pk: S(`reply#${channel}:${replyTs}`), turnId: S(turnId), expiresAt: table.seconds(REPLY_TTL_SECONDS) }
    return table.put(item, { when: 'attribute_not_exists(pk) OR turnId = :turnId', values: { ':turnId': S(turnId) } })
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
          values: { ':now': table.seconds(), ':ms': N(claimedAt), ':claimed': S('claimed'), ':token': S(token) },
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
        table.update(turnKey(claim.turnId), 'SET replyTs = :replyTs', held(claim, { ':replyTs': S(replyTs) })),
      ])
    },

    adopt,

    async pulse({ turnId, token, claimedAt }, thread) {
      const read = await table.get(turnKey(turnId), stopKey(thread))
      const record = read.get(turnKey(turnId))
      const holds = record === undefined || (record.claimToken?.S === token && record.state?.S === 'claimed')
      if (holds && record?.probe && record.probe.S !== record.heard?.S) {
        await table.update(turnKey(turnId), 'SET heard = :probe', {
          when: 'claimToken = :token',
          values: { ':probe': record.probe, ':token': S(token) },
        })
      }
      return { stopped: stops(read.get(stopKey(thread)), claimedAt), holds }
    },

    async finish(claim, state, passages) {
      await table.update(
        turnKey(claim.turnId),
        'SET state = :state, told = :true, passages = :passages, expiresAt = :ttl',
        held(claim, { ':state': S(state), ':true': TRUE, ':passages': { L: passages.map(S) }, ':ttl': ttl() }),
      )
    },

    async find(turnId) {
      const record = await find(turnId)
      return record && recordOf(turnId, record)
    },

    async giveUp(turnId, place, { requestId, attempt }) {
      const record = await find(turnId)
      if (!record) {
        const failed = { pk: S(turnKey(turnId)), state: S('failed'), attempt: N(1), ...(place && placeItem(place)), expiresAt: ttl() }
        const missing = { when: 'attribute_not_exists(pk) OR expiresAt < :now', values: { ':now': table.seconds() } }
        return (await table.put({ ...failed, requestId: S(requestId) }, missing)) ? recordOf(turnId, failed) : undefined
      }
      const state = record.state?.S
      // "Try again", which no invocation came to claim.
      if (state === 'failed' && record.attempt?.N === String(attempt)) return recordOf(turnId, record)
      if (record.requestId?.S !== requestId || record.told) return undefined
      // An earlier delivery of the same record got so far, and could not speak.
      if (state === 'failed') return recordOf(turnId, record)

      // Lambda may deliver an event twice, under one request id: the claim may be the other's, and that one alive.
      const probe = S(randomId())
      const own = 'requestId = :requestId AND attribute_not_exists(told)'
      const probed = { when: own, values: { ':probe': probe, ':requestId': S(requestId) } }
      if (!(await table.update(turnKey(turnId), 'SET probe = :probe', probed))) return undefined
      await clock.sleep(PROBE_WAIT_MS)
      const taken = await table.update(turnKey(turnId), 'SET state = :failed, expiresAt = :ttl', {
        when: `${own} AND (attribute_not_exists(heard) OR heard <> :probe)`,
        values: { ...probed.values, ':failed': S('failed'), ':ttl': ttl() },
      })
      return taken && recordOf(turnId, taken)
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

function turnKey(turnId: string): string {
  return `turn#${turnId}`
}

function placeItem({ channel, threadTs, ts, userId, userTeamId, botUserId }: Place): Item {
  return {
    channel: S(channel),
    threadTs: S(threadTs),
    ts: S(ts),
    userId: S(userId),
    userTeamId: S(userTeamId),
    ...(botUserId !== undefined && { botUserId: S(botUserId) }),
  }
}

function setting(place: Place): { sets: string; values: Item } {
  const item = Object.entries(placeItem(place))
  return {
    sets: item.map(([name]) => `${name} = :${name}`).join(', '),
    values: Object.fromEntries(item.map(([name, value]) => [`:${name}`, value])),
  }
}

function placeOf({ channel, threadTs, ts, userId, userTeamId, botUserId }: Item): Place | undefined {
  if (!channel?.S || !threadTs?.S || !ts?.S || !userId?.S || !userTeamId?.S) return undefined
  return {
    channel: channel.S,
    threadTs: threadTs.S,
    ts: ts.S,
    userId: userId.S,
    userTeamId: userTeamId.S,
    ...(botUserId?.S && { botUserId: botUserId.S }),
  }
}

function recordOf(turnId: string, item: Item): TurnRecord {
  const place = placeOf(item)
  return {
    turnId,
    state: item.state?.S as TurnState,
    attempt: Number(item.attempt?.N ?? 1),
    ...(place && { place }),
    ...(item.replyTs?.S && { replyTs: item.replyTs.S }),
    passages: (item.passages?.L ?? []).flatMap(({ S: id }) => id ?? []),
  }
}
