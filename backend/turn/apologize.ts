import { Failure, sentence } from '../failure.ts'
import type { Command, Retry, Turn } from '../handoff.ts'
import type { Place, TurnRecord } from '../turn-record.ts'
import { tellWhereTyped } from './accept.ts'
import { placeOf } from './question.ts'

/** What apologizing needs; wire.ts knows who provides it. */
export interface ApologizeDeps {
  turns: {
    giveUp(
      turnId: string,
      place: Place | undefined,
      failed: { requestId: string; attempt?: number; by: string },
    ): Promise<TurnRecord | undefined>
    told(turnId: string, state: 'answered' | 'failed', place: Place): Promise<void>
  }
  slack: {
    openThread(
      command: { id: string; userId: string; text: string },
      again: 'again',
    ): Promise<{ channel: string; ts: string } | undefined>
    sendEphemeral(whom: { channel: string; userId: string }, markdown: string): Promise<boolean>
    /**
     * What stands in the thread: whether the lost process had ended its reply, an earlier call has apologized, or the
     * thread is gone; and streams that may still be open. Throws where the thread cannot be read.
     */
    inspect(lost: { turnId: string; attempt: number; place: Place; replyTs?: string }): Promise<Left>
    /** Says it in the newest stream where there is one, else in a message of its own. `gone`: there is nowhere to say it. */
    apologize(
      to: {
        turnId: string
        attempt: number
        buttonAttempt: number
        place: Place
        streams: readonly string[]
      },
      sorry: string,
    ): Promise<'told' | 'gone'>
    /** Leaves the agent session active. Throws where Slack does not say that it is. */
    setActive(place: Place): Promise<void>
  }
  support: string
}

interface Left {
  ended?: 'answered' | 'failed' | 'apologized' | 'gone'
  streams: readonly string[]
}

/** Deliveries of a record for which a thread that cannot be read is waited for; the next speaks without a look. */
export const LOOKS = 5

/**
 * Tells the thread of a turn that Lambda gave up on. Silent where the turn is somebody else's, its process lives, or it
 * has come to its end. May be called again for the same turn until it has succeeded; throws what Slack and DynamoDB say.
 */
export async function apologize(
  asked: Turn | Command | Retry,
  failed: { requestId: string; reference: string; recordId: string; receives: number },
  d: ApologizeDeps,
): Promise<'told' | 'nothing_to_say'> {
  const turnId = asked.kind === 'retry' ? asked.turnId : asked.id
  const { requestId, recordId } = failed
  const given = await d.turns.giveUp(turnId, asked.kind === 'turn' ? placeOf(asked) : undefined, {
    requestId,
    by: recordId,
    ...(asked.kind === 'retry' && { attempt: asked.attempt }),
  })
  if (!given) return 'nothing_to_say'
  const place = given.place ?? (asked.kind === 'command' ? await openThread(asked, d) : undefined)
  if (!place && asked.kind === 'command') {
    await tellWhereTyped(asked, d.support, d.slack)
    return 'told'
  }
  // "Try again" on a record that has expired meanwhile.
  if (!place) return 'nothing_to_say'

  const attempt = asked.kind === 'retry' ? asked.attempt + 1 : given.attempt
  const lost = { turnId, attempt, place, ...(given.replyTs !== undefined && { replyTs: given.replyTs }) }
  const left = await d.slack.inspect(lost).catch((error: unknown): Left => {
    if (failed.receives <= LOOKS) throw error
    return { streams: given.replyTs === undefined ? [] : [given.replyTs] }
  })
  let { ended } = left
  if (!ended) {
    const sorry = sentence(new Failure('given_up'), { support: d.support, reference: failed.reference })
    const said = await d.slack.apologize(
      { turnId, attempt, place, buttonAttempt: given.attempt, streams: left.streams },
      sorry,
    )
    ended = said === 'told' ? 'apologized' : 'gone'
  }
  if (ended !== 'gone') await d.slack.setActive(place)
  await d.turns.told(turnId, ended === 'answered' ? 'answered' : 'failed', place)
  return ended === 'apologized' ? 'told' : 'nothing_to_say'
}

/** Undefined where the person cannot be written to. */
async function openThread(command: Command, d: ApologizeDeps): Promise<Place | undefined> {
  const root = await d.slack.openThread(command, 'again')
  return (
    root && {
      channel: root.channel,
      threadTs: root.ts,
      ts: root.ts,
      userId: command.userId,
      userTeamId: command.teamId,
    }
  )
}
