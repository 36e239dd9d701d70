import type { Command, Retry, Turn } from './handoff.ts'
import { placeOf, type Question, toQuestion } from './question.ts'
import { noDirectMessage, ONLY_THE_ASKER, TOO_OLD_TO_RETRY } from './sentences.ts'
import type { Claim, Place } from './turn-record.ts'

/** What accepting needs; wire.ts knows who provides it. */
export interface AcceptDeps {
  turns: {
    claim(turnId: string, place: Place | undefined, owner: Owner): Promise<Claim | undefined>
    claimAgain(
      pressed: { turnId: string; attempt: number; channel: string; userId: string },
      owner: Owner,
    ): Promise<{ is: 'claimed'; claim: Claim; place: Place } | { is: 'expired' | 'not_asker' | 'not_failed' }>
    placed(claim: Claim, place: Place): Promise<void>
    finish(claim: Claim, state: 'failed', passages: readonly string[]): Promise<void>
  }
  slack: {
    openThread(command: { id: string; userId: string; text: string }): Promise<{ channel: string; ts: string }>
    tell(whom: { channel: string; threadTs?: string; userId: string }, markdown: string): Promise<boolean>
  }
  assistant: { identity: { support: string } }
}

interface Owner {
  requestId: string
  /** When its invocation ends, in milliseconds of the Unix epoch. */
  endsAt: number
}

/** `duplicate`: somebody else has the turn, and nothing was said. The others were told why. */
export type Accepted = { claim: Claim; question: Question } | { outcome: 'duplicate' | 'expired' | 'not_asker' | 'unreachable' }

/**
 * Wins the right to answer, before anything else happens, and makes one question of the three ways to ask. Throws where
 * the claim cannot be made, or where whoever typed a command can be told neither here nor there.
 */
export async function accept(asked: Turn | Command | Retry, owner: Owner, d: AcceptDeps): Promise<Accepted> {
  switch (asked.kind) {
    case 'turn': {
      const place = placeOf(asked)
      const claim = await d.turns.claim(asked.id, place, owner)
      return claim ? { claim, question: toQuestion(claim, place, asked) } : { outcome: 'duplicate' }
    }
    case 'command': {
      const claim = await d.turns.claim(asked.id, undefined, owner)
      return claim ? acceptCommand(asked, claim, d) : { outcome: 'duplicate' }
    }
    case 'retry': {
      const again = await d.turns.claimAgain(asked, owner)
      if (again.is === 'claimed') return { claim: again.claim, question: toQuestion(again.claim, again.place, asked) }
      // A second press of one button: the first has it.
      if (again.is === 'not_failed') return { outcome: 'duplicate' }
      await d.slack.tell(asked, again.is === 'expired' ? TOO_OLD_TO_RETRY : ONLY_THE_ASKER)
      return { outcome: again.is }
    }
  }
}

/** A command has no thread yet: the question is repeated in the asker's direct messages, and answered below. */
async function acceptCommand(command: Command, claim: Claim, d: AcceptDeps): Promise<Accepted> {
  const { userId, teamId } = command
  let root: { channel: string; ts: string }
  try {
    root = await d.slack.openThread(command)
  } catch (error) {
    if (!(await d.slack.tell({ channel: command.channel, userId }, noDirectMessage(d.assistant.identity.support)))) throw error
    await d.turns.finish(claim, 'failed', [])
    return { outcome: 'unreachable' }
  }
  const place = { channel: root.channel, threadTs: root.ts, ts: root.ts, userId, userTeamId: teamId }
  await d.turns.placed(claim, place)
  return { claim, question: toQuestion(claim, place, command) }
}
