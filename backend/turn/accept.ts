import type { Assistant } from '../assistant.ts'
import type { Command, Retry, Turn } from '../handoff.ts'
import { noDirectMessage, ONLY_THE_ASKER, TOO_OLD_TO_RETRY } from '../sentences.ts'
import type { Claim, QuestionPlace } from '../turn-record.ts'
import type { ClaimOwner, Claims } from './claims.ts'
import { placeOfTurn } from './question.ts'
import type { Replies, SendEphemeral } from './replies.ts'

/** Dependencies of `accept`; wire.ts provides them. */
export interface AcceptDeps {
  claims: Claims
  replies: Pick<Replies, 'openThread' | 'sendEphemeral'>
  assistant: Assistant
}

/**
 * `duplicate`: another process has the turn, and we say nothing. `expired` and `not_asker`: "Try again" is
 * not possible, and the person who pressed it has read why.
 */
export type AcceptResult =
  | { outcome: 'claimed'; claim: Claim; place: QuestionPlace | undefined }
  | { outcome: 'duplicate' | 'expired' | 'not_asker' }

/**
 * Wins the right to answer, before anything else happens. A command has no place yet. Throws if the claim
 * cannot be made.
 */
export async function accept(
  handoff: Turn | Command | Retry,
  owner: ClaimOwner,
  { claims, replies }: AcceptDeps,
): Promise<AcceptResult> {
  if (handoff.kind === 'retry') {
    const again = await claims.claimAgain(handoff, owner)
    if (again.outcome === 'claimed') return again
    // Somebody pressed the button twice, and the first press has the turn.
    if (again.outcome === 'not_failed') return { outcome: 'duplicate' }
    await replies.sendEphemeral(handoff, again.outcome === 'expired' ? TOO_OLD_TO_RETRY : ONLY_THE_ASKER)
    return { outcome: again.outcome }
  }
  const place = handoff.kind === 'turn' ? placeOfTurn(handoff) : undefined
  const claim = await claims.claim(handoff.id, place, owner)
  return claim ? { outcome: 'claimed', claim, place } : { outcome: 'duplicate' }
}

/**
 * Repeats a command's question in the asker's direct messages, to be answered below. Undefined if we cannot
 * write to the person there; then they have read so where they typed the command. Throws if they cannot be
 * told that either.
 */
export async function openPlace(
  command: Command,
  claim: Claim,
  { claims, replies, assistant }: AcceptDeps,
): Promise<QuestionPlace | undefined> {
  const { userId, teamId } = command
  const root = await replies.openThread(command)
  if (!root) {
    await sendNoDirectMessage(command, assistant.identity.support, replies.sendEphemeral)
    await claims.finish(claim, 'failed', [])
    return undefined
  }
  const place = { channel: root.channel, threadTs: root.ts, ts: root.ts, userId, userTeamId: teamId }
  await claims.setPlace(claim, place)
  return place
}

/**
 * Tells the person where they typed the command that we cannot write them a direct message. Throws if that is
 * not possible either, so that Lambda keeps its record of the invocation.
 */
export async function sendNoDirectMessage(
  { channel, userId }: Command,
  support: string,
  sendEphemeral: SendEphemeral,
): Promise<void> {
  if (!(await sendEphemeral({ channel, userId }, noDirectMessage(support))))
    throw new Error('The person who typed a command can be told nothing.')
}
