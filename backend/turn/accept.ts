import type { Command, Retry, Turn } from '../handoff.ts'
import { noDirectMessage, ONLY_THE_ASKER, TOO_OLD_TO_RETRY } from '../sentences.ts'
import type { Claim, Place } from '../turn-record.ts'
import { placeOf } from './question.ts'

/** What accepting needs; wire.ts knows who provides it. */
export interface AcceptDeps {
  turns: {
    claim(turnId: string, place: Place | undefined, owner: Owner): Promise<Claim | undefined>
    claimAgain(
      pressed: { turnId: string; attempt: number; channel: string; userId: string },
      owner: Owner,
    ): Promise<{ is: 'claimed'; claim: Claim; place: Place } | { is: 'expired' | 'not_asker' | 'not_failed' }>
    placed(claim: Claim, place: Place): Promise<void>
    finish(claim: Claim, state: 'failed', passages: readonly string[]): Promise<boolean>
  }
  slack: {
    /** Undefined where the person cannot be written to. */
    openThread(command: {
      id: string
      userId: string
      text: string
    }): Promise<{ channel: string; ts: string } | undefined>
    sendEphemeral(
      whom: { channel: string; threadTs?: string; userId: string },
      markdown: string,
    ): Promise<boolean>
  }
  assistant: { identity: { support: string } }
}

interface Owner {
  requestId: string
  /** When its invocation ends, in milliseconds of the Unix epoch. */
  endsAt: number
}

/** `duplicate`: somebody else has the turn, and nothing was said. The others were told why. */
export type Accepted =
  | { claim: Claim; place: Place | undefined }
  | { outcome: 'duplicate' | 'expired' | 'not_asker' }

/**
 * Wins the right to answer, before anything else happens. A command has no place yet. Throws where the claim cannot be
 * made.
 */
export async function accept(asked: Turn | Command | Retry, owner: Owner, d: AcceptDeps): Promise<Accepted> {
  switch (asked.kind) {
    case 'turn':
    case 'command': {
      const place = asked.kind === 'turn' ? placeOf(asked) : undefined
      const claim = await d.turns.claim(asked.id, place, owner)
      return claim ? { claim, place } : { outcome: 'duplicate' }
    }
    case 'retry': {
      const again = await d.turns.claimAgain(asked, owner)
      if (again.is === 'claimed') return again
      // A second press of one button: the first has it.
      if (again.is === 'not_failed') return { outcome: 'duplicate' }
      await d.slack.sendEphemeral(asked, again.is === 'expired' ? TOO_OLD_TO_RETRY : ONLY_THE_ASKER)
      return { outcome: again.is }
    }
  }
}

/**
 * A command's place: the question is repeated in the asker's direct messages, to be answered below. Undefined where the
 * person cannot be written to there, and was told so. Throws where neither can be.
 */
export async function openPlace(command: Command, claim: Claim, d: AcceptDeps): Promise<Place | undefined> {
  const { userId, teamId } = command
  const root = await d.slack.openThread(command)
  if (!root) {
    await tellWhereTyped(command, d.assistant.identity.support, d.slack)
    await d.turns.finish(claim, 'failed', [])
    return undefined
  }
  const place = { channel: root.channel, threadTs: root.ts, ts: root.ts, userId, userTeamId: teamId }
  await d.turns.placed(claim, place)
  return place
}

/** For whoever typed a command and cannot be written to. Throws where they cannot be told that either, so that its record is kept. */
export async function tellWhereTyped(
  { channel, userId }: Command,
  support: string,
  { sendEphemeral }: Pick<AcceptDeps['slack'], 'sendEphemeral'>,
): Promise<void> {
  if (!(await sendEphemeral({ channel, userId }, noDirectMessage(support))))
    throw new Error('whoever typed a command cannot be told anything')
}
