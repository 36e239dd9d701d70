import { Failure, sentence } from './failure.ts'
import type { Command, Retry, Turn } from './handoff.ts'
import { placeOf } from './question.ts'
import type { Place, TurnRecord } from './turn-record.ts'

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
    openThread(command: { id: string; userId: string; text: string }): Promise<{ channel: string; ts: string }>
    /**
     * What stands in the thread: whether the lost process had ended its reply, or an earlier call has apologized, and a
     * stream that is still open.
     */
    look(lost: {
      turnId: string
      attempt: number
      place: Place
      replyTs?: string
    }): Promise<{ ended?: 'answered' | 'failed' | 'apologized'; streamTs?: string }>
    /** Says it in the stream where there is one, else in a message of its own, and leaves the session active. */
    apologize(to: { turnId: string; attempt: number; pressable: number; place: Place; streamTs?: string }, sorry: string): Promise<void>
  }
  support: string
}

/**
 * Tells the thread of a turn that Lambda gave up on. Silent where the turn is somebody else's, its process lives, or it
 * has come to its end. May be called again for the same turn until it has succeeded; throws what Slack and DynamoDB say.
 */
export async function apologize(
  asked: Turn | Command | Retry,
  failed: { requestId: string; reference: string; recordId: string },
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
  // "Try again" on a record that has expired meanwhile: nobody knows any more where the question stands.
  if (!place) return 'nothing_to_say'

  const attempt = asked.kind === 'retry' ? asked.attempt + 1 : given.attempt
  const lost = { turnId, attempt, place }
  const left = await d.slack.look({ ...lost, ...(given.replyTs !== undefined && { replyTs: given.replyTs }) })
  if (!left.ended) {
    const sorry = sentence(new Failure('given_up'), { support: d.support, reference: failed.reference })
    await d.slack.apologize({ ...lost, pressable: given.attempt, ...(left.streamTs !== undefined && { streamTs: left.streamTs }) }, sorry)
  }
  await d.turns.told(turnId, left.ended === 'answered' ? 'answered' : 'failed', place)
  return left.ended === 'answered' || left.ended === 'failed' ? 'nothing_to_say' : 'told'
}

async function openThread(command: Command, d: ApologizeDeps): Promise<Place> {
  const { channel, ts } = await d.slack.openThread(command)
  return { channel, threadTs: ts, ts, userId: command.userId, userTeamId: command.teamId }
}
