import { Failure, sentence } from './failure.ts'
import type { Turn } from './handoff.ts'

/** What apologizing needs; wire.ts knows who provides it. */
export interface ApologizeDeps {
  turns: {
    giveUp(turnId: string, requestId: string): Promise<{ replyTs?: string } | undefined>
    told(turnId: string): Promise<void>
  }
  /** Ends the stream with this text. False where there is no open stream any more. */
  endStream(at: { channel: string; replyTs: string }, markdown: string): Promise<boolean>
  post(at: { channel: string; threadTs: string }, markdown: string): Promise<void>
  support: string
}

/**
 * Tells the thread of a turn that Lambda gave up on, in the message that was streaming where there is one, else in a
 * new one. Silent where the turn is somebody else's or has come to its end. May be called again for the same turn
 * until it has succeeded; throws what Slack and DynamoDB say.
 */
export async function apologize(
  turn: Turn,
  failed: { requestId: string; reference: string },
  d: ApologizeDeps,
): Promise<'told' | 'nothing_to_say'> {
  const given = await d.turns.giveUp(turn.id, failed.requestId)
  if (!given) return 'nothing_to_say'
  const said = sentence(new Failure('given_up'), { support: d.support, reference: failed.reference })
  const { channel, threadTs } = turn
  const ended = given.replyTs !== undefined && (await d.endStream({ channel, replyTs: given.replyTs }, `\n\n_${said}_`))
  if (!ended) await d.post({ channel, threadTs }, said)
  await d.turns.told(turn.id)
  return 'told'
}
