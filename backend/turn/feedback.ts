import type { Feedback } from '../handoff.ts'
import { TOO_OLD_TO_RATE, thanks } from '../sentences.ts'
import type { TurnRecord } from '../turn-record.ts'
import type { SendEphemeral } from './replies.ts'

/** Dependencies of `recordFeedback`; wire.ts provides them. */
export interface FeedbackDeps {
  turns: { find(turnId: string): Promise<TurnRecord | undefined> }
  saveThumb: SaveThumb
  sendEphemeral: SendEphemeral
  support: string
}

export type SaveThumb = (thumb: Thumb) => Promise<void>

/** Ids only, no words. */
export interface Thumb {
  turnId: string
  userId: string
  value: 'positive' | 'negative'
  /** Ids of the passages that the model was shown. */
  passages: readonly string[]
  /** When it was pressed, in milliseconds of the Unix epoch. */
  pressedAt: number
}

/** Saves a thumb and thanks the person quietly. May be repeated. Throws what DynamoDB throws. */
export async function recordFeedback(feedback: Feedback, d: FeedbackDeps): Promise<'kept' | 'expired'> {
  const { turnId, channel, threadTs, userId, value, receivedAt } = feedback
  const found = await d.turns.find(turnId)
  const record = found?.place?.channel === channel ? found : undefined
  if (record) await d.saveThumb({ turnId, userId, value, passages: record.passages, pressedAt: receivedAt })
  await d.sendEphemeral(
    { channel, userId, ...(threadTs !== undefined && { threadTs }) },
    record ? thanks(value, d.support) : TOO_OLD_TO_RATE,
  )
  return record ? 'kept' : 'expired'
}
