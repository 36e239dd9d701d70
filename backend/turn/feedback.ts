import type { Feedback } from '../handoff.ts'
import { TOO_OLD_TO_RATE, thanks } from '../sentences.ts'
import type { TurnRecord } from '../turn-record.ts'

/** What rating needs; wire.ts knows who provides it. */
export interface RateDeps {
  turns: { find(turnId: string): Promise<TurnRecord | undefined> }
  keepThumb(thumb: {
    turnId: string
    userId: string
    value: 'positive' | 'negative'
    passages: readonly string[]
    at: number
  }): Promise<void>
  sendEphemeral(
    whom: { channel: string; threadTs?: string; userId: string },
    markdown: string,
  ): Promise<boolean>
  support: string
}

/** Keeps a thumb and thanks quietly. May be done again: the outcome is the same. Throws what DynamoDB says. */
export async function rate(feedback: Feedback, d: RateDeps): Promise<'kept' | 'expired'> {
  const { turnId, channel, threadTs, userId, value, receivedAt } = feedback
  const record = await d.turns.find(turnId)
  const known = record?.place?.channel === channel ? record : undefined
  const whom = { channel, userId, ...(threadTs !== undefined && { threadTs }) }
  if (known) await d.keepThumb({ turnId, userId, value, passages: known.passages, at: receivedAt })
  await d.sendEphemeral(whom, known ? thanks(value, d.support) : TOO_OLD_TO_RATE)
  return known ? 'kept' : 'expired'
}
